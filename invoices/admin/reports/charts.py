"""
Charts as markup of ours alone: rectangles, measured in percent of their box, with their words as HTML around them.

No text is inside the picture, so it may be stretched to any width, and mirrored for Arabic by one rule of the style
sheet. Whoever does not see it reads the table below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.admin.cells import day_text, money_text
from billing.money import ZERO
from invoices.admin.reports.cells import month_text
from invoices.reports.tables import Chart, Kind, Text

_MOST_BARS_BESIDE_NAMES = 12


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A rectangle, in percent; `number` is that of its series."""

    start: str
    top: str
    width: str
    height: str
    number: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One name with its bars, lying."""

    name: str
    total: str
    bars: Sequence[Bar]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Either `bars` that stand, with the names below them, or `lines` that lie, each beside its name."""

    title: Text
    legend: Sequence[tuple[Text, int]]
    most: str
    bars: Sequence[Bar]
    names: Sequence[str]
    lines: Sequence[Line]


def draw(chart: Chart, currency: str) -> Drawn | None:
    """None where there is nothing to draw."""
    sums = [sum(values, ZERO) for values in zip(*(values for _title, values in chart.series), strict=True)]
    most = max(sums, default=ZERO)
    if most <= 0:
        return None
    names = [_name(label, chart.label_kind) for label in chart.labels]
    is_lying = chart.label_kind is Kind.TEXT
    return Drawn(
        title=chart.title,
        legend=[(title, number) for number, (title, _values) in enumerate(chart.series)]
        if len(chart.series) > 1
        else [],
        most=money_text(most, currency),
        bars=[] if is_lying else _standing(chart, names, most, currency),
        names=[] if is_lying else _fewer(names),
        lines=_lying(chart, names, sums, most, currency)[:_MOST_BARS_BESIDE_NAMES] if is_lying else [],
    )


def _standing(chart: Chart, names: Sequence[str], most: Decimal, currency: str) -> list[Bar]:
    room = Decimal(100) / len(names)
    bars = []
    for at, name in enumerate(names):
        below = ZERO
        for number, (title, values) in enumerate(chart.series):
            if (value := values[at]) > 0:
                text = f"{name} · {title}: {money_text(value, currency)}"
                bars.append(
                    Bar(
                        start=_percent(room * at + room / 8),
                        top=_percent(100 - (below + value) / most * 100),
                        width=_percent(room * 3 / 4),
                        height=_percent(value / most * 100),
                        number=number,
                        text=text,
                    )
                )
                below += value
    return bars


def _lying(chart: Chart, names: Sequence[str], sums: Sequence[Decimal], most: Decimal, currency: str) -> list[Line]:
    lines = []
    for at, name in enumerate(names):
        before, bars = ZERO, []
        for number, (title, values) in enumerate(chart.series):
            value = values[at]
            width, start = _percent(value / most * 100), _percent(before / most * 100)
            text = f"{name} · {title}: {money_text(value, currency)}"
            bars.append(Bar(start=start, top="0%", width=width, height="100%", number=number, text=text))
            before += value
        lines.append(Line(name=name, total=money_text(sums[at], currency), bars=bars))
    return lines


def _name(label: str | date, kind: Kind) -> str:
    if isinstance(label, date):
        return day_text(label) if kind is Kind.DAY else month_text(label)
    return label


def _fewer(names: Sequence[str]) -> list[str]:
    """The first, the middle and the last: more would not fit on a phone."""
    return [names[0], names[len(names) // 2], names[-1]] if len(names) > 2 else list(names)


def _percent(value: Decimal) -> str:
    return f"{value:.3f}%"
