"""What is never asked for once a plan goes on: by its own dates, or because its merchant asks for the latest only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from subscriptions import schedules
from subscriptions.changes import Change, Plan
from subscriptions.changes.plans import PlanWarning
from subscriptions.missed import outlook_of
from subscriptions.models import Installment, Subscription


def with_dropped(change: Change, plan: Plan, subscription: Subscription) -> Change:
    """A resumed plan that keeps its dates is caught up: what the merchant's rule drops then is waived by resuming."""
    is_resumed = change.columns.get("status") == Subscription.Status.ACTIVE
    if not is_resumed or change.terms or plan.type != Subscription.Type.OPEN_ENDED:
        return change
    outlook = outlook_of(
        list(_due(change, plan, subscription.merchant.issue_days_ahead)),
        merchant=subscription.merchant,
        has_an_end=False,
        is_by_itself=subscription.auto_generate_invoices,
        today=plan.today,
    )
    dropped = outlook.dropped if outlook else None
    return replace(change, waived=change.waived + dropped.amount) if dropped else change


def told_of_waived(change: Change) -> Change:
    """Nobody reads it off the schedule, in which a payment that comes later is the same payment."""
    if not change.waived:
        return change
    return replace(change, warnings=(*change.warnings, PlanWarning(code="WAIVED", values={"amount": change.waived})))


def _due(change: Change, plan: Plan, days_ahead: int) -> Iterator[tuple[date, Decimal]]:
    """What waits to be asked for, with what nobody schedules while the plan is paused."""
    for line in change.after:
        if line.status == Installment.Status.SCHEDULED and not line.amount_paid:
            yield line.due_date, line.amount
    last = change.after[-1].sequence if change.after else 0
    until = plan.today + timedelta(days=days_ahead)
    dues = schedules.expected_dues(
        plan.rules, until=until, ends_after=plan.ends_after, ends_on=plan.ends_on, after_sequence=last
    )
    for due in dues:
        yield due.due_date, due.amount
