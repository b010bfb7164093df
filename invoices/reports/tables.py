"""A report as it is before anybody shows it: a table with typed columns, and what its chart draws."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise

from billing.money import ZERO

Text = str | Promise


@dataclass(frozen=True)
class Listed:
    """A heading that leads to the list of the rows it is about: a model's name, and what its list is filtered by."""

    text: Text
    model: str
    query: Mapping[str, str]

    def __str__(self) -> str:
        return str(self.text)


Value = str | Promise | int | Decimal | date | Listed | None
Row = Sequence[Value]


class Kind(enum.Enum):
    TEXT = enum.auto()
    PHONE = enum.auto()
    DAY = enum.auto()
    MONTH = enum.auto()
    COUNT = enum.auto()
    MONEY = enum.auto()
    PERCENT = enum.auto()


@dataclass(frozen=True, kw_only=True)
class Column:
    """`is_summed` is whether its values may be added up: what was open at a month's end may not."""

    title: Text
    kind: Kind = Kind.MONEY
    is_summed: bool = True


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Bars from left to right, in Arabic from right to left; each stands on the one before it."""

    title: Text
    labels: Sequence[str | date]
    label_kind: Kind
    series: Sequence[tuple[Text, Sequence[Decimal]]]


@dataclass(frozen=True, kw_only=True)
class Report:
    """:param notes: what a reader must know to read the figures rightly"""

    columns: Sequence[Column]
    rows: Sequence[Row]
    chart: Chart | None = None
    notes: Sequence[Text] = field(default_factory=tuple)

    @property
    def totals(self) -> list[Value]:
        """One for each column; None where nothing can be added up."""
        return [self._total(at, column) for at, column in enumerate(self.columns)]

    def _total(self, at: int, column: Column) -> Value:
        if not column.is_summed or column.kind not in (Kind.COUNT, Kind.MONEY):
            return None
        values = [value for row in self.rows if isinstance(value := row[at], int | Decimal)]
        return sum(values, ZERO) if column.kind is Kind.MONEY else int(sum(values))
