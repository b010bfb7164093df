"""Cells of CSV files that no spreadsheet takes for a formula (V10). Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel reads Arabic as Latin
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PHONE: Final = re.compile(r"\+[1-9][0-9]{7,14}")
_CONTROLS: Final = dict.fromkeys(range(32), " ") | {0: ""}


def safe_cell(value: object) -> str:
    """
    As text; what could begin a formula gets an apostrophe before it, a number does not.

    Nor does a phone in international form: to a spreadsheet a plus sign and digits are a number, and an apostrophe
    would keep it from being found by the same phone in a workbook.
    """
    text = "" if value is None else str(value)
    if text.lstrip(" ").startswith(_FORMULA_STARTS) and not _is_number(text):
        text = "'" + text
    return without_controls(text)


def without_controls(text: str) -> str:
    return text.translate(_CONTROLS)


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """One line after the other, so that no file is held in memory. The byte order mark comes first."""
    yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([safe_cell(value) for value in row])
        yield line.getvalue()


def _is_number(text: str) -> bool:
    if _PHONE.fullmatch(text):
        return True
    digits = text[1:] if text[:1] == "-" else text
    return digits.replace(".", "", 1).isdecimal() and digits.isascii()
