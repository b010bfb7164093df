"""Ids of rows as they stand in addresses and forms."""

from __future__ import annotations

import re
from typing import Final

_ROW_ID: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def is_row_id(text: str) -> bool:
    """Whether it can name a row at all: whatever else it is no database has to be asked, and none overflows."""
    return _ROW_ID.fullmatch(text) is not None
