"""How a log line is written: with what must not stand in a log cut short."""

from __future__ import annotations

import logging
import re
from typing import Final

# Django names the path of a request that failed, tracebacks may name an address (Y12).
_LINK_TOKEN: Final = re.compile(r"(/pay/[A-Za-z0-9_-]{4})[A-Za-z0-9_-]+")
_CALLBACK_DATA: Final = re.compile(r"([?&]data=)[^\s&\"']+")


class DiscreetFormatter(logging.Formatter):
    """Payment links end after four characters of their token; what came back from a gateway is left out."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return _CALLBACK_DATA.sub(r"\1…", _LINK_TOKEN.sub(r"\1…", line))
