"""How a log line is written: with what must not stand in a log cut short."""

from __future__ import annotations

import logging
import re
from typing import Final

# Django names the path of a request that failed, tracebacks may name an address (Y12).
_LINK_TOKEN: Final = re.compile(r"(/(?:pay|c|r|door/invitation|door/password/[^/]+)/[A-Za-z0-9_-]{4})[A-Za-z0-9_:-]+")
_PRIVATE_QUERY: Final = re.compile(r"([?&](?:data|visit)=)[^\s&\"']+")
# PostgreSQL answers a broken constraint with the whole row: names, phones (V15).
_ROW_DETAIL: Final = re.compile(r"(DETAIL: +)\S.*")


class DiscreetFormatter(logging.Formatter):
    """Links end after four characters of their token; what came back from a gateway or proves a visit is left out."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        line = _PRIVATE_QUERY.sub(r"\1…", _LINK_TOKEN.sub(r"\1…", line))
        return _ROW_DETAIL.sub(r"\1…", line)
