"""Plans as tests see them: their schedule in a line each, and edits made the way staff make them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from subscriptions import schedules
from subscriptions.changes import Change, Edit
from subscriptions.models import Installment, Subscription
from subscriptions.services import change_plan, rehearse
from subscriptions.services.rules import rules_of

ACTOR = "user:1"
HORIZON = timedelta(days=92)
NOON = datetime(2026, 1, 1, 9, tzinfo=UTC)

Row = tuple[int, str, str, str]


def on(day: str) -> datetime:
    """Noon of that day in Amman."""
    return datetime.combine(date.fromisoformat(day), NOON.timetz())


def schedule_of(plan: Subscription) -> list[Row]:
    rows = plan.installments.order_by("sequence")
    return [(row.sequence, row.due_date.isoformat(), f"{row.amount.normalize():f}", row.status) for row in rows]


def dates_of(plan: Subscription) -> list[str]:
    return [day for _, day, _, status in schedule_of(plan) if status not in ("SKIPPED", "CANCELLED")]


def rehearsed(plan: Subscription, edit: Edit, *, now: datetime = NOON) -> Change:
    return rehearse(merchant_id=plan.merchant_id, subscription_id=plan.pk, edit=edit, horizon=HORIZON, now=now)


def change(plan: Subscription, edit: Edit, *, now: datetime = NOON, rehearsed: str | None = None) -> Subscription:
    done = change_plan(
        merchant_id=plan.merchant_id,
        subscription_id=plan.pk,
        edit=edit,
        horizon=HORIZON,
        actor=ACTOR,
        now=now,
        rehearsed=rehearsed,
    )
    plan.refresh_from_db()
    return done


def warned(outcome: Change) -> list[str]:
    return [warning.code for warning in outcome.warnings]


def make_past(plan: Subscription, *sequences: int, **columns: Any) -> None:
    """As after the customer was asked for them."""
    columns = columns or {"status": Installment.Status.INVOICED, "invoiced_at": NOON}
    plan.installments.filter(sequence__in=sequences).update(**columns)


def derived(plan: Subscription) -> list[tuple[int, date, Any]]:
    """The schedule that the plan's rules alone give, as far as its rows go."""
    plan.refresh_from_db()
    dues = schedules.expected_dues(
        rules_of(plan, plan.terms.all()),
        total=plan.total_amount,
        until=date(2100, 1, 1),
        ends_after=min(plan.ends_after or plan.last_sequence, plan.last_sequence),
        ends_on=plan.ends_on,
    )
    return [(due.sequence, due.due_date, due.amount) for due in dues]


def stored(plan: Subscription) -> list[tuple[int, date, Any]]:
    return list(plan.installments.order_by("sequence").values_list("sequence", "due_date", "amount"))
