"""I4: every plan has the installments that its own rules give, with their dates and amounts, and none is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop

from billing.models import Merchant
from invoices.audit.difference import Difference
from invoices.audit.issuing import GRACE
from invoices.audit.plan_rows import Period, PlanRows, read_plans
from subscriptions import schedules
from subscriptions.models import Installment, Subscription
from subscriptions.schedules import Due, Rule
from subscriptions.services.rules import rules_of

Type = Subscription.Type


def plans_have_their_installments(*, now: datetime) -> Iterator[Difference]:
    merchants = Merchant.objects.filter(is_active=True)
    yesterdays = {each.pk: each.local_date(now - GRACE) - timedelta(days=1) for each in merchants}
    for rows in read_plans():
        rules = rules_of(rows.plan, rows.terms)
        yield from _holes(rows)
        yield from _sums(rows)
        if rules:
            yield from _strays(rows, rules)
        yesterday = yesterdays.get(rows.plan.merchant_id)
        if rules and yesterday is not None:
            yield from _standstill(rows.plan, rules, yesterday)


def _holes(rows: PlanRows) -> Iterator[Difference]:
    present = {period.sequence for period in rows.periods}
    missing = [number for number in range(1, rows.plan.last_sequence + 1) if number not in present]
    if missing:
        numbers = ", ".join(map(str, missing[:10]))
        yield _of_plan(rows.plan, gettext_noop("installments are missing from its sequence"), numbers)
    elif len(present) > rows.plan.last_sequence:
        yield _of_plan(rows.plan, gettext_noop("it has more installments than it knows of"), f"{len(present)}")


def _sums(rows: PlanRows) -> Iterator[Difference]:
    plan = rows.plan
    if plan.total_amount is None:
        return
    scheduled = sum((period.amount for period in _summed(rows)), plan.discount_amount)
    if scheduled != plan.total_amount:
        problem = gettext_noop("its installments do not sum to its total")
        yield _of_plan(plan, problem, f"{scheduled} ≠ {plan.total_amount}")


def _summed(rows: PlanRows) -> Iterator[Period]:
    """
    The last installment of a plan settled early takes the place of those that were dropped for it.

    One paid in part was not dropped for it, but when the plan was cancelled afterwards.
    """
    was_settled_early = rows.plan.settled_early_at is not None
    for period in rows.periods:
        is_last, is_untouched = period.sequence == rows.plan.last_sequence, not period.amount_paid
        was_dropped = period.status == Installment.Status.CANCELLED and is_untouched and not is_last
        if not (was_settled_early and was_dropped):
            yield period


def _strays(rows: PlanRows, rules: Sequence[Rule]) -> Iterator[Difference]:
    expected = _expected(rows.plan, rules)
    for period in _by_rule(rows):
        due = expected(period.sequence)
        if due is None:
            problem = gettext_noop("its plan's total leaves nothing for it")
            yield _of_period(rows.plan, period, problem, f"{period.amount}")
            continue
        if period.due_date != due.due_date:
            problem = gettext_noop("it is due on another day than its plan says")
            yield _of_period(rows.plan, period, problem, f"{period.due_date} ≠ {due.due_date}")
        if period.amount != due.amount:
            problem = gettext_noop("it is over another amount than its plan says")
            yield _of_period(rows.plan, period, problem, f"{period.amount} ≠ {due.amount}")


def _expected(plan: Subscription, rules: Sequence[Rule]) -> Callable[[int], Due | None]:
    if plan.total_amount is None:
        return lambda sequence: schedules.due_at(rules, sequence)
    dues = schedules.expected_dues(rules, total=plan.total_amount)
    return {due.sequence: due for due in dues}.get


def _by_rule(rows: PlanRows) -> Sequence[Period]:
    """The last installment of a plan settled early is over what was agreed on that day."""
    return rows.periods if rows.plan.settled_early_at is None else rows.periods[:-1]


def _standstill(plan: Subscription, rules: Sequence[Rule], yesterday: date) -> Iterator[Difference]:
    """An open-ended plan which the next sweep would not extend, or which none has extended for too long."""
    if plan.type != Type.OPEN_ENDED or plan.status != Subscription.Status.ACTIVE:
        return
    ends = {"ends_after": plan.ends_after, "ends_on": plan.ends_on}
    due = schedules.next_due(rules, plan.last_sequence, **ends)  # type: ignore[arg-type]  # a dict of two types
    if due is not None and due.due_date <= yesterday:
        yield _of_plan(plan, gettext_noop("its next installment was never scheduled"), f"{due.due_date}")
    elif due is not None and plan.scheduled_until >= due.due_date:
        problem = gettext_noop("it counts as scheduled further than it is")
        yield _of_plan(plan, problem, f"{plan.scheduled_until} ≥ {due.due_date}")


def _of_plan(plan: Subscription, problem: str, evidence: str) -> Difference:
    return Difference(
        invariant="I4",
        merchant_id=plan.merchant_id,
        subject="Subscription",
        subject_id=plan.pk,
        problem=problem,
        evidence=evidence,
    )


def _of_period(plan: Subscription, period: Period, problem: str, evidence: str) -> Difference:
    return Difference(
        invariant="I4",
        merchant_id=plan.merchant_id,
        subject="Installment",
        subject_id=period.pk,
        problem=problem,
        evidence=evidence,
    )
