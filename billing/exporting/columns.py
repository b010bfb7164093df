"""What a file says of a row. The type of a value decides how it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise

_ROWS_AT_ONCE: Final = 500
Value = Decimal | date | datetime | int | str | None


@dataclass(frozen=True, kw_only=True)
class ExportColumn:
    """:param read: from a row to a Decimal (money), a date, an instant, a number or a text"""

    title: str | Promise
    read: Callable[[Any], Value]


def titles_of(columns: Sequence[ExportColumn]) -> list[str]:
    return [str(column.title) for column in columns]


def values_of(
    rows: QuerySet[Any], columns: Sequence[ExportColumn], *, language: str, zone: ZoneInfo
) -> Iterator[list[Value]]:
    """Every row, some at a time. A response is streamed after its view has returned, and nothing is active then."""
    remaining = rows.iterator(chunk_size=_ROWS_AT_ONCE)
    while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
        with translation.override(language), timezone.override(zone):
            values = [[_local(column.read(row)) for column in columns] for row in chunk]
        yield from values


def _local(value: Value) -> Value:
    """An instant as the clock on the office's wall showed it; words in the person's language."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return str(value) if isinstance(value, Promise) else value
