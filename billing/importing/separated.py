"""Text with separators as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

from django.utils.translation import gettext, gettext_noop

from billing.importing.encodings import decode
from billing.importing.tables import FileRefused, Table, make_table

_SEPARATORS: Final = {
    ",": gettext_noop("comma"),
    ";": gettext_noop("semicolon"),
    "\t": gettext_noop("tab"),
    "|": gettext_noop("vertical bar"),
}
_LOOKED_AT: Final = 20


class SeparatorUnknown(FileRefused):
    message = gettext_noop(
        "It cannot be told where one column ends and the next begins. Separate them by commas, semicolons, tabs or |."
    )


class QuotesUnbalanced(FileRefused):
    message = gettext_noop("A quotation mark is opened and not closed, or a cell is far too long. Look near row")


def read_separated(content: bytes) -> Table:
    """
    Commas, semicolons, tabs or vertical bars, with any ends of lines, quoted ones inside of cells included.

    :raises FileRefused:
    """
    text, encoding = decode(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    separator = _separator_of(text)
    return make_table(_rows(text, separator), format=f"CSV, {encoding}, {gettext(_SEPARATORS[separator])}")


def _separator_of(text: str) -> str:
    """The one that cuts the first rows into as many cells as the header has; a tie is nobody's to guess."""
    scores = sorted(((_score(text, separator), separator) for separator in _SEPARATORS), reverse=True)
    (best, separator), (second, _other) = scores[:2]
    if best == (0, 0) or best == second:
        raise SeparatorUnknown
    return separator


def _score(text: str, separator: str) -> tuple[int, int]:
    """How many of the first rows fit the header, and how many columns there are."""
    try:
        rows = [row for row in islice(_reader(text, separator), _LOOKED_AT) if any(row)]
    except csv.Error:
        return (0, 0)
    width = len(rows[0]) if rows else 0
    return (0, 0) if width < 2 else (sum(len(row) == width for row in rows), width)


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, row in enumerate(_reader(text, separator), start=1):
            yield number, row
    except csv.Error:
        raise QuotesUnbalanced(reason=str(number + 1)) from None


def _reader(text: str, separator: str) -> Iterator[list[str]]:
    # A cell of more than csv.field_size_limit() characters is an error too.
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
