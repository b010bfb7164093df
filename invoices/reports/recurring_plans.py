"""The plans that recur, each with what it was worth when; those that are alike are read as one."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import TruncMonth

from invoices.reports.recurring_values import Step, value_steps
from invoices.reports.spans import Span
from subscriptions.models import Subscription, Term
from subscriptions.schedules import Interval, Rule, expected_dues
from subscriptions.services.rules import rules_of

_TERMS: Final = Term.objects.filter(merchant=OuterRef("merchant"), subscription=OuterRef("pk"))
_RULE: Final = ("anchor_date", "interval", "payment_day", "recurring_amount", "ends_after", "ends_on")
_TERM: Final = ("from_sequence", "anchor_date", "interval", "payment_day", "amount")
_PLAN: Final = ("type", "status", "monthly_payment", "created_at", "paused_at", "completed_at", "cancelled_at", *_RULE)


def recurring_plans(span: Span) -> Iterator[tuple[int, list[Step]]]:
    """
    How many plans, worth how much from when on: those that are alike as one.

    The months in which they began and stopped are enough, for they are looked at on each month's last day, and none
    stops later than now.
    """
    unchanged = Subscription.objects.filter(_recurs(span), ~Exists(_TERMS)).order_by()
    yield from _endless(unchanged.filter(ends_after=None, ends_on=None), span)
    yield from _alike(unchanged.exclude(ends_after=None, ends_on=None), span)
    others = Term.objects.filter(merchant=OuterRef("merchant"), subscription=OuterRef("subscription"))
    only_one = ~Exists(others.exclude(pk=OuterRef("pk")))
    yield from _alike(Term.objects.filter(_recurs(span, "subscription__"), only_one).order_by(), span, of_terms=True)
    yield from _often_changed(span)


def _endless(plans: QuerySet[Subscription], span: Span) -> Iterator[tuple[int, list[Step]]]:
    """Their days say nothing: what counts is how much, and from which month to which."""
    months = _months(span)
    alike = plans.annotate(**months).values_list("interval", "recurring_amount", *months)
    for interval, amount, began, *stopped, count in alike.annotate(count=Count("pk")):
        rule = Rule(from_sequence=1, anchor=began.date(), interval=Interval(interval), payment_day=1, amount=amount)
        yield count, value_steps([rule], starts_on=began.date(), stops_on=min(_days(stopped), default=None))


def _alike(rows: QuerySet[Any], span: Span, *, of_terms: bool = False) -> Iterator[tuple[int, list[Step]]]:
    """:param rows: plans, or the one term of each"""
    at, terms = ("subscription__", _TERM) if of_terms else ("", ())
    months = _months(span, at)
    columns = (*(at + name for name in _RULE), *terms)
    alike = rows.annotate(**months).values_list(*columns, *months).annotate(count=Count("pk"))
    for anchor, interval, payment_day, amount, ends_after, ends_on, *rest, count in alike:
        term, (began, *stopped) = rest[: len(terms)], rest[len(terms) :]
        rules = [_rule(1, anchor, interval, payment_day, amount), *([_rule(*term)] if term else [])]
        days = [*_days(stopped), *_last_due(rules, ends_after, ends_on)]
        yield count, value_steps(rules, starts_on=began.date(), stops_on=min(days, default=None))


def _often_changed(span: Span) -> Iterator[tuple[int, list[Step]]]:
    """More than one term each: read one by one."""
    changed = Subscription.objects.filter(_recurs(span), terms__merchant=span.merchant)
    often = changed.annotate(changes=Count("terms")).filter(changes__gt=1)
    terms = terms_by_plan(Term.objects.filter(merchant=span.merchant, subscription__in=often.order_by().values("pk")))
    for plan in often.only(*_PLAN).iterator(chunk_size=2000):
        rules = rules_of(plan, terms.get(plan.pk, ()))
        starts_on = span.merchant.local_date(plan.created_at)
        yield 1, value_steps(rules, starts_on=starts_on, stops_on=_stops_on(plan, rules, span))


def _recurs(span: Span, at: str = "") -> Q:
    """Those that were over before the first month are left out."""
    first = span.begins_at.replace(day=1)
    is_over = Q(**{f"{at}cancelled_at__lt": first}) | Q(**{f"{at}completed_at__lt": first})
    wanted = {
        "merchant": span.merchant,
        f"{at}merchant": span.merchant,
        f"{at}currency": span.currency,
        f"{at}type": Subscription.Type.OPEN_ENDED,
        f"{at}created_at__lt": span.ends_at,
    }
    return Q(**wanted) & ~is_over


def _months(span: Span, at: str = "") -> dict[str, TruncMonth]:
    is_paused = {f"{at}status": Subscription.Status.PAUSED}
    instants: dict[str, Any] = {
        "began": F(f"{at}created_at"),
        "cancelled": F(f"{at}cancelled_at"),
        "completed": F(f"{at}completed_at"),
        "paused": Case(When(**is_paused, then=F(f"{at}paused_at"))),
    }
    return {name: TruncMonth(instant, tzinfo=span.zone) for name, instant in instants.items()}


def _days(months: Iterable[datetime | None]) -> list[date]:
    return [month.date() for month in months if month is not None]


def _rule(from_sequence: int, anchor: date, interval: str, payment_day: int | None, amount: Decimal) -> Rule:
    return Rule(
        from_sequence=from_sequence,
        anchor=anchor,
        interval=Interval(interval),
        payment_day=payment_day,
        amount=amount,
    )


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
    return min([*days, *_last_due(rules, plan.ends_after, plan.ends_on)], default=None)


def _last_due(rules: Sequence[Rule], ends_after: int | None, ends_on: date | None) -> list[date]:
    """None for a plan without an end."""
    if ends_after is None and ends_on is None:
        return []
    dues = expected_dues(rules, ends_after=ends_after, ends_on=ends_on)
    return [due.due_date for due in deque(dues, maxlen=1)]
