"""What can be imported. Each layer adds its own when its screens are made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.functional import Promise

from billing.importing.cells import Check, Options, day
from billing.models import Merchant

Values = Mapping[str, Any]


class Made(NamedTuple):
    """What a row has become: its key, and what to tell of it."""

    target_id: int
    told: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """:param check: from the text of a cell to what the service takes"""

    code: str
    title: Promise
    check: Check
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportKind:
    """
    :param make: the service that every other way to make one goes through too
    :param identity: what makes two rows the same, so that it is made once for ever; None: making it twice is harmless
    :param series: what a row has in common with its successor of the next month
    :param check_row: what is wrong between columns, as the code of one and a message
    """

    code: str
    title: Promise
    columns: tuple[Column, ...]
    make: Callable[[Merchant, Values, str, datetime], Made]
    identity: Callable[[Values], tuple[object, ...]] | None
    series: tuple[str, ...]
    amount: str = ""
    check_row: Callable[[Values, datetime, Merchant], Sequence[tuple[str, str]]] = lambda values, now, merchant: ()

    def column(self, code: str) -> Column:
        return next(column for column in self.columns if column.code == code)

    @property
    def job_kind(self) -> str:
        return f"IMPORT_{self.code}"

    @property
    def has_days(self) -> bool:
        return any(column.check is day for column in self.columns)

    def read(self, cells: Mapping[str, str], options: Options) -> dict[str, Any]:
        """:raises InvalidCell: the first that is wrong; for rows that were found right before"""
        return {column.code: column.check(cells[column.code], options) for column in self.stated(cells)}

    def stated(self, cells: Mapping[str, str]) -> list[Column]:
        return [column for column in self.columns if cells.get(column.code)]

    def key(self, values: Values) -> str:
        """64 hex digits that are the same for the same row; empty where it may be made again."""
        if self.identity is None:
            return ""
        told = "\x1f".join("" if part is None else str(part) for part in self.identity(values))
        return hashlib.sha256(told.encode()).hexdigest()


IMPORT_KINDS: dict[str, ImportKind] = {}
