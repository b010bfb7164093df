"""A file as the table it holds, whatever its format. The content decides which that is, never the name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop

from billing.errors import DomainError

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 60
_LONGEST_HEADER: Final = 200


class FileRefused(DomainError):
    """Why a file is not read; `reason` names what was found."""

    code = "FILE_REFUSED"


class FileIsEmpty(FileRefused):
    message = gettext_noop("This file has no rows below its header. Upload one that has.")


class FileIsTooLarge(FileRefused):
    message = gettext_noop("The file is larger than 5 MB. Import it in parts.")


class TooManyLines(FileRefused):
    message = gettext_noop("The file has more than 10,000 rows. Import it in parts.")


class TooManyColumns(FileRefused):
    message = gettext_noop("The file has more than 60 columns. Keep those that are needed.")


class SameHeaderTwice(FileRefused):
    message = gettext_noop("Two columns have the same header. Give each a name of its own:")


@dataclass(frozen=True, kw_only=True)
class Line:
    """:param number: as the spreadsheet counts, where the header is 1"""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """:param format: what the file was read as, for the person to see"""

    header: tuple[str, ...]
    lines: tuple[Line, ...]
    format: str


def make_table(rows: Iterable[tuple[int, Sequence[str]]], *, format: str) -> Table:
    """
    The first row that says anything is the header; empty rows are passed over.

    :raises FileRefused:
    """
    told = _that_say_something(rows)
    try:
        _number, first = next(told)
    except StopIteration:
        raise FileIsEmpty from None
    header = _header(first)
    lines: list[Line] = []
    for number, cells in told:
        if len(lines) == MOST_ROWS:
            raise TooManyLines
        lines.append(Line(number=number, cells=tuple(cells[: len(header)]) + ("",) * (len(header) - len(cells))))
    if not lines:
        raise FileIsEmpty
    return Table(header=header, lines=tuple(lines), format=format)


def _that_say_something(rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in rows:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield number, stripped


def _header(cells: list[str]) -> tuple[str, ...]:
    # A form gives line breaks back as others than it got.
    cells = [" ".join(cell.replace("\0", "").split())[:_LONGEST_HEADER] for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise TooManyColumns
    named = [cell for cell in cells if cell]
    twice = sorted({cell for cell in named if named.count(cell) > 1})
    if twice:
        raise SameHeaderTwice(reason=", ".join(twice)[:200])
    return tuple(cells)
