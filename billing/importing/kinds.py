"""What can be imported. Each layer adds its own when its screens are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.importing.cells import Check, Options, phone
from billing.importing.identities import Keys, keys_of
from billing.models import ImportFile, Job, Merchant
from billing.money import ZERO

Values = Mapping[str, Any]


class Origin(NamedTuple):
    """Whose row it is, who had it imported, by which job, and its number in the file."""

    merchant: Merchant
    actor: str
    job_id: int
    number: int


class Made(NamedTuple):
    """What a row has become: its key, and what to tell of it."""

    target_id: int
    told: str


def one_by_one(
    make: Callable[[Origin, Values, datetime], Made],
) -> Callable[[Sequence[Origin], Sequence[Values], datetime], list[Made]]:
    """For what has no service that makes several."""
    return lambda origins, rows, now: [make(origin, values, now) for origin, values in zip(origins, rows, strict=True)]


@dataclass(frozen=True, kw_only=True)
class Column:
    """:param check: from the text of a cell to what the service takes"""

    code: str
    title: Promise
    check: Check
    is_required: bool = False
    is_day: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportKind:
    """
    :param begin: what the rows hang on, made with the job; it may refuse the whole file
    :param make: some hundreds at most by the service that every other way goes through too: one of each, all or none
    :param when_done: what is better done once than for each row; shortens a wait, for a sweep does it too
    :param known_by: the columns of which the first that is filled names a row to people
    :param identity: what makes two rows without references the same, so that one is made, once for ever; None: making
        it twice is harmless
    :param series: what a row has in common with its successor of the next month; none where files are not alike
    :param made: what a row becomes, as `billing.bill`, where that has a list
    :param facts: what the good rows come to, each with a title: an amount, a day or a number
    :param check_row: what is wrong between columns, as the code of one and a message
    """

    code: str
    title: Promise
    columns: tuple[Column, ...]
    make: Callable[[Sequence[Origin], Sequence[Values], datetime], list[Made]]
    identity: Callable[[Values], tuple[object, ...]] | None
    series: tuple[str, ...] = ()
    known_by: tuple[str, ...] = ("name",)
    amount: str = ""
    made: str = ""
    facts: Callable[[Sequence[Values], Merchant, datetime], Sequence[tuple[Promise, Decimal | date | int]]] = (
        lambda rows, merchant, now: ()
    )
    check_row: Callable[[Values, datetime, Merchant], Sequence[tuple[str, str]]] = lambda values, now, merchant: ()
    begin: Callable[[ImportFile, Job, Iterable[Values]], None] = lambda file, job, rows: None
    when_done: Callable[[Job], None] = lambda job: None

    def column(self, code: str) -> Column:
        return next(column for column in self.columns if column.code == code)

    @property
    def job_kind(self) -> str:
        return f"IMPORT_{self.code}"

    @property
    def has_days(self) -> bool:
        return any(column.is_day for column in self.columns)

    @property
    def has_phones(self) -> bool:
        return any(column.check is phone for column in self.columns)

    def name(self, cells: Mapping[str, str]) -> str:
        return next((cells[code] for code in self.known_by if cells.get(code)), "")

    def read(self, cells: Mapping[str, str], options: Options) -> dict[str, Any]:
        """:raises InvalidCell: the first that is wrong; for rows that were found right before"""
        return {column.code: column.check(cells[column.code], options) for column in self.stated(cells)}

    def stated(self, cells: Mapping[str, str]) -> list[Column]:
        return [column for column in self.columns if cells.get(column.code)]

    def keys(self, values: Values) -> Keys:
        """None at all where it may be made again."""
        return Keys() if self.identity is None else keys_of(self.identity(values), reference=values.get("reference"))


def sum_of(code: str) -> Callable[[Sequence[Values], Merchant, datetime], Sequence[tuple[Promise, Decimal]]]:
    """For what is one amount each."""
    return lambda rows, merchant, now: [(_("Sum"), sum((row.get(code, ZERO) for row in rows), ZERO))]


IMPORT_KINDS: dict[str, ImportKind] = {}
