"""The plans that recur, each with what it was worth when; those that are alike are read as one."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import TruncMonth

from invoices.reports.recurring_values import Step, value_steps
from invoices.reports.spans import Span
from subscriptions.models import Subscription, Term
from subscriptions.schedules import Interval, Rule, expected_dues
from subscriptions.services.rules import rules_of

_PLAN: Final = (
    "type",
    "status",
    "anchor_date",
    "interval",
    "payment_day",
    "monthly_payment",
    "recurring_amount",
    "ends_after",
    "ends_on",
    "created_at",
    "paused_at",
    "completed_at",
    "cancelled_at",
)
_TERMS: Final = Term.objects.filter(merchant=OuterRef("merchant"), subscription=OuterRef("pk"))


def alike_plans(span: Span) -> Iterator[tuple[int, list[Step]]]:
    """
    Plans without an end that were never changed, by the months they began and stopped in: how many, worth how much.

    The month is enough, for they are looked at on each month's last day, and none stops later than now.
    """
    endless = _recurring_plans(span).filter(~Exists(_TERMS), ends_after=None, ends_on=None)
    paused_at = Case(When(status=Subscription.Status.PAUSED, then=F("paused_at")))
    months = {
        name: TruncMonth(instant, tzinfo=span.zone)
        for name, instant in (
            ("began", F("created_at")),
            ("cancelled", F("cancelled_at")),
            ("completed", F("completed_at")),
            ("paused", paused_at),
        )
    }
    alike = endless.annotate(**months).values_list("interval", "recurring_amount", *months)
    for interval, amount, began, *stopped, plans in alike.annotate(plans=Count("pk")):
        rule = Rule(from_sequence=1, anchor=began.date(), interval=Interval(interval), payment_day=1, amount=amount)
        stops_on = min((month.date() for month in stopped if month is not None), default=None)
        yield plans, value_steps([rule], starts_on=began.date(), stops_on=stops_on)


def other_plans(span: Span) -> Iterator[tuple[int, list[Step]]]:
    terms = terms_by_plan(Term.objects.filter(merchant=span.merchant, subscription__type=Subscription.Type.OPEN_ENDED))
    others = _recurring_plans(span).filter(Exists(_TERMS) | Q(ends_after__isnull=False) | Q(ends_on__isnull=False))
    for plan in others.only(*_PLAN).iterator(chunk_size=2000):
        rules = rules_of(plan, terms.get(plan.pk, ()))
        starts_on = span.merchant.local_date(plan.created_at)
        yield 1, value_steps(rules, starts_on=starts_on, stops_on=_stops_on(plan, rules, span))


def _recurring_plans(span: Span) -> QuerySet[Subscription]:
    """Those that were over before the first month are left out."""
    first = span.begins_at.replace(day=1)
    return Subscription.objects.filter(
        ~(Q(cancelled_at__lt=first) | Q(completed_at__lt=first)),
        merchant=span.merchant,
        currency=span.currency,
        type=Subscription.Type.OPEN_ENDED,
        created_at__lt=span.ends_at,
    ).order_by()


def terms_by_plan(terms: Iterable[Term]) -> dict[int, list[Term]]:
    found: dict[int, list[Term]] = defaultdict(list)
    for term in terms:
        found[term.subscription_id].append(term)
    return found


def _stops_on(plan: Subscription, rules: Sequence[Rule], span: Span) -> date | None:
    """The first day nothing more was to come: cancelled, paused, completed, or the last payment fell due."""
    paused_at = plan.paused_at if plan.status == Subscription.Status.PAUSED else None
    instants = (plan.cancelled_at, plan.completed_at, paused_at)
    days = [span.merchant.local_date(instant) for instant in instants if instant is not None]
    if plan.ends_after is not None or plan.ends_on is not None:
        dues = expected_dues(rules, ends_after=plan.ends_after, ends_on=plan.ends_on)
        days += [due.due_date for due in deque(dues, maxlen=1)]
    return min(days, default=None)
