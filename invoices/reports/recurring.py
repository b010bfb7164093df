"""Monthly recurring revenue: what plans without a fixed total are worth a month, how that moved, and churn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.money import ZERO
from invoices.reports.recurring_plans import recurring_plans
from invoices.reports.recurring_values import value_on
from invoices.reports.spans import Span, end_of_month
from invoices.reports.tables import Chart, Column, Kind, Report, Row

_COLUMNS: Final = (
    Column(title=_("Month"), kind=Kind.MONTH),
    Column(title=_("At the beginning"), is_summed=False),
    Column(title=_("New")),
    Column(title=_("Changed")),
    Column(title=_("Lost")),
    Column(title=_("At the end"), is_summed=False),
    Column(title=_("Plans at the end"), kind=Kind.COUNT, is_summed=False),
    Column(title=_("Plans lost"), kind=Kind.COUNT),
    Column(title=_("Churn"), kind=Kind.PERCENT),
)
_NOTES: Final = (
    _("Only open-ended plans recur: what is paid in a fixed number of installments is in the forecast."),
    _("Weekly, quarterly and yearly amounts are counted as a month's share of a year."),
    _("A paused plan counts as lost since its pause; once it goes on, as if it had never been paused."),
    _("Churn is what was lost in the month, of what there was at its beginning."),
)


@dataclass
class Month:
    """How the value moved between the day before and the last day of a month, or today."""

    ends_on: date
    new: Decimal = ZERO
    changed: Decimal = ZERO
    lost: Decimal = ZERO
    plans_new: int = 0
    plans_lost: int = 0

    def move(self, before: Decimal, after: Decimal, plans: int) -> None:
        if not before and after:
            self.new, self.plans_new = self.new + after * plans, self.plans_new + plans
        elif before and not after:
            self.lost, self.plans_lost = self.lost + before * plans, self.plans_lost + plans
        else:
            self.changed += (after - before) * plans


def recurring(span: Span) -> Report:
    """Whole months up to today's, in five queries."""
    months = {
        month: Month(ends_on=min(end_of_month(month), span.today)) for month in span.months if month <= span.today
    }
    opening, plans = ZERO, 0
    before_all = min(months, default=span.from_date) - timedelta(days=1)
    for alike, steps in recurring_plans(span):
        if value := value_on(steps, before_all):
            opening, plans = opening + value * alike, plans + alike
        for month in {day.replace(day=1) for day, _value in steps} & months.keys():
            first = value_on(steps, month - timedelta(days=1))
            months[month].move(first, value_on(steps, months[month].ends_on), alike)
    rows = list(_rows(months, opening, plans))
    at_end = [cell for row in rows if isinstance(cell := row[5], Decimal)]
    return Report(
        columns=_COLUMNS,
        rows=rows,
        notes=_NOTES,
        chart=Chart(
            title=_("Monthly value at each month's end"),
            labels=list(months),
            label_kind=Kind.MONTH,
            series=[(_("At the end"), at_end)],
        ),
    )


def _rows(months: dict[date, Month], value: Decimal, plans: int) -> Iterator[Row]:
    for first_day, month in months.items():
        begun = value
        value += month.new + month.changed - month.lost
        plans += month.plans_new - month.plans_lost
        yield (
            first_day,
            begun,
            month.new,
            month.changed,
            month.lost,
            value,
            plans,
            month.plans_lost,
            (month.lost * 100 / begun).quantize(Decimal("0.1"), ROUND_HALF_UP) if begun else None,
        )
