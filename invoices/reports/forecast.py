"""
What plans will ask for in the rest of this month and the twelve after it.

That is what is scheduled, and what their rules say comes after it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from billing.money import ZERO
from invoices.reports.spans import Span, end_of_month, months_between
from invoices.reports.tables import Chart, Column, Kind, Report
from subscriptions.models import Installment, Subscription, Term
from subscriptions.schedules import Due, Interval, Rule, expected_dues, months_later

_MONTHS: Final = 12
# Plans alike in all of these have the same days ahead of them, however many they are: their amounts are added up.
_ALIKE: Final = ("anchor_date", "interval", "payment_day", "last_sequence", "ends_after", "ends_on")
_TERM: Final = ("from_sequence", "anchor_date", "interval", "payment_day")
_NOTES: Final = (
    _("From tomorrow on: what is due today or late is in the ageing. Paused plans are left out until they go on."),
    _("Open-ended plans are counted by their rules, also beyond what is scheduled already."),
)


def forecast(span: Span) -> Report:
    """In four queries."""
    first = span.today.replace(day=1)
    last = end_of_month(months_later(first, _MONTHS, 1))
    counts: Counter[date] = Counter()
    fixed: dict[date, Decimal] = defaultdict(lambda: ZERO)
    open_ended: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for month, kind, count, amount, paid in _scheduled(span, last):
        counts[month] += count
        (open_ended if kind == Subscription.Type.OPEN_ENDED else fixed)[month] += amount - paid
    for plans, due in (*_unchanged_dues(span, last), *_changed_dues(span, last)):
        month = due.due_date.replace(day=1)
        counts[month] += plans
        open_ended[month] += due.amount
    months = months_between(first, last)
    return Report(
        columns=(
            Column(title=_("Month"), kind=Kind.MONTH),
            Column(title=_("Installments"), kind=Kind.COUNT),
            Column(title=_("Fixed and custom plans")),
            Column(title=_("Open-ended plans")),
            Column(title=_("Together")),
        ),
        rows=[
            (month, counts[month], fixed[month], open_ended[month], fixed[month] + open_ended[month])
            for month in months
        ],
        notes=_NOTES,
        chart=Chart(
            title=_("To fall due by month"),
            labels=months,
            label_kind=Kind.MONTH,
            series=[
                (_("Fixed and custom plans"), [fixed[month] for month in months]),
                (_("Open-ended plans"), [open_ended[month] for month in months]),
            ],
        ),
    )


def _scheduled(span: Span, last: date) -> Iterator[tuple[date, str, int, Decimal, Decimal]]:
    """Rows that exist: still to be asked for by an active plan, or asked for already and not paid in full."""
    is_to_come = Q(status=Installment.Status.SCHEDULED, subscription__status=Subscription.Status.ACTIVE)
    rows = Installment.objects.filter(
        is_to_come | Q(status=Installment.Status.INVOICED),
        merchant=span.merchant,
        subscription__currency=span.currency,
        due_date__gt=span.today,
        due_date__lte=last,
    )
    grouped = rows.order_by().annotate(month=TruncMonth("due_date")).values_list("month", "subscription__type")
    yield from grouped.annotate(rows=Count("pk"), total=Sum("amount"), paid=Sum("amount_paid"))


def _unchanged_dues(span: Span, last: date) -> Iterator[tuple[int, Due]]:
    """What comes after the rows of plans that were never changed: how many of them, and what they ask for together."""
    alike = _behind(span, last).filter(~Exists(_TERMS)).order_by().values_list(*_ALIKE)
    for *shape, plans, amount in alike.annotate(plans=Count("pk"), together=Sum("recurring_amount")):
        for due in _dues(shape, [(1, *shape[:3], amount)], span, last):
            yield plans, due


def _changed_dues(span: Span, last: date) -> Iterator[tuple[int, Due]]:
    """The same for plans that were changed on the same days, rule by rule."""
    plans = _behind(span, last).filter(Exists(_TERMS)).order_by()
    terms: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    of_plans = Term.objects.filter(merchant=span.merchant, subscription__in=plans.values("pk"))
    for plan_id, *term in of_plans.order_by("from_sequence").values_list("subscription", *_TERM, "amount"):
        terms[plan_id].append(tuple(term))
    alike: dict[Any, list[list[Decimal]]] = defaultdict(list)
    for plan_id, amount, *shape in plans.values_list("pk", "recurring_amount", *_ALIKE):
        days = tuple(term[:-1] for term in terms[plan_id])
        alike[tuple(shape), days].append([amount, *(term[-1] for term in terms[plan_id])])
    for (shape, days), amounts in alike.items():
        together = [sum(of_rule, ZERO) for of_rule in zip(*amounts, strict=True)]
        rules = [(*rule, amount) for rule, amount in zip([(1, *shape[:3]), *days], together, strict=True)]
        for due in _dues(shape, rules, span, last):
            yield len(amounts), due


_TERMS: Final = Term.objects.filter(merchant=OuterRef("merchant"), subscription=OuterRef("pk"))


def _behind(span: Span, last: date) -> QuerySet[Subscription]:
    """Their rows do not reach to the end yet."""
    return Subscription.objects.open_ended_and_active().filter(
        merchant=span.merchant, currency=span.currency, scheduled_until__lt=last
    )


def _dues(shape: Sequence[Any], rules: Iterable[tuple[Any, ...]], span: Span, last: date) -> Iterator[Due]:
    """
    :param shape: as `_ALIKE` lists it
    :param rules: each from which installment on, anchor, interval, payment day, amount
    """
    *_rule, after, ends_after, ends_on = shape
    dues = expected_dues(
        [
            Rule(from_sequence=first, anchor=anchor, interval=Interval(interval), payment_day=day, amount=amount)
            for first, anchor, interval, day, amount in rules
        ],
        until=last,
        ends_after=ends_after,
        ends_on=ends_on,
        after_sequence=after,
    )
    return (due for due in dues if due.due_date > span.today)
