"""Pausing a plan, and going on with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.money import ZERO
from subscriptions.changes.plans import NOW, Change, Line, Plan
from subscriptions.changes.replanning import changed, for_steps, missed_steps, moved_on, replanned, rules_from
from subscriptions.models import Subscription
from subscriptions.schedules import Rule

Status = Subscription.Status


class SubscriptionNotActive(DomainError):
    code = "SUBSCRIPTION_NOT_ACTIVE"
    message = gettext_noop("Only an active subscription can be paused.")


class SubscriptionNotPaused(DomainError):
    code = "SUBSCRIPTION_NOT_PAUSED"
    message = gettext_noop("Only a paused subscription can be resumed.")


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Invoice nothing more until it is resumed. Installments already invoiced stay open."""

    event: ClassVar[str] = "paused"

    def change(self, plan: Plan) -> Change:
        """:raises SubscriptionNotActive:"""
        if plan.status != Status.ACTIVE:
            raise SubscriptionNotActive
        return changed(plan, plan.lines, columns={"status": Status.PAUSED, "paused_at": NOW})


@dataclass(frozen=True, kw_only=True)
class Resume:
    """
    Go on: with the dates it had, what fell due meanwhile being caught up; or with them moved by the pause.

    By the pause means by as many months, weeks of a weekly plan, as payment days passed in it, so that the payment
    day stays what it is; the dates of a custom schedule move by its days.
    """

    shifts_dates: bool = False
    event: ClassVar[str] = "resumed"

    def change(self, plan: Plan) -> Change:
        """:raises SubscriptionNotPaused:"""
        if plan.status != Status.PAUSED:
            raise SubscriptionNotPaused
        columns = {"status": Status.ACTIVE, "paused_at": None}
        waiting = [line for line in plan.changeable_lines if plan.paused_on and line.due_date >= plan.paused_on]
        if not (self.shifts_dates and waiting and plan.paused_on):
            return changed(plan, plan.lines, columns=columns)
        return _shifted(plan, waiting, columns)


def _shifted(plan: Plan, waiting: list[Line], columns: dict[str, Any]) -> Change:
    assert plan.paused_on is not None
    if not plan.rules or plan.is_settled_early:
        days = plan.today - plan.paused_on
        after = [_moved(line, days) if line in waiting else line for line in plan.lines]
        return changed(plan, after, columns={**columns, "scheduled_until": after[-1].due_date})
    rules = rules_from(plan, waiting[0].sequence)
    moved = [moved_on(rule, missed_steps(rule, since=plan.paused_on, until=plan.today)) for rule in rules]
    if moved == rules:
        return changed(plan, plan.lines, columns=columns)
    change = replanned(plan, moved, **columns)
    if plan.type != Subscription.Type.OPEN_ENDED:
        return change  # it has a total, all of which is asked for later
    return replace(change, waived=_waived(change, rules[0], since=plan.paused_on, until=plan.today))


def _waived(change: Change, rule: Rule, *, since: date, until: date) -> Decimal:
    """What the time of the pause would have cost, but for what its end leaves out of the schedule anyway."""
    left_out = max(change.lowered_by(has_total=False), ZERO)
    return max(for_steps(rule, missed_steps(rule, since=since, until=until)) - left_out, ZERO)


def _moved(line: Line, days: timedelta) -> Line:
    return replace(line, due_date=line.due_date + days)
