"""One installment skipped, or put on another day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from subscriptions import schedules
from subscriptions.changes.plans import Change, Line, Plan
from subscriptions.changes.replanning import changed, replanned, rules_from
from subscriptions.models import Installment, Subscription

Type = Subscription.Type


class OnlyCustomDatesMove(DomainError):
    code = "ONLY_CUSTOM_DATES_MOVE"
    message = gettext_noop(
        "Only the dates of a custom schedule are set one by one. Change this plan's payment day instead."
    )


@dataclass(frozen=True, kw_only=True)
class SkipInstallment:
    """
    Ask nothing for one period.

    Of a plan by the month the total stays owed, so this payment and all after it come one period later; of the others
    this one payment is waived.
    """

    sequence: int
    event: ClassVar[str] = "skipped"

    def change(self, plan: Plan) -> Change:
        """:raises InstallmentNotOpen:"""
        plan.check_runs()
        skipped = plan.line(self.sequence)
        if plan.type != Type.FIXED_MONTHLY:
            waived = replace(skipped, status=Installment.Status.SKIPPED.value)
            return changed(plan, _with(plan, waived))
        rules = rules_from(plan, skipped.sequence)
        return replanned(plan, [replace(rule, anchor=schedules.periods_later(rule, rule.anchor, 1)) for rule in rules])


@dataclass(frozen=True, kw_only=True)
class MoveInstallment:
    """Another due date for one payment of a custom schedule."""

    sequence: int
    due_date: date
    event: ClassVar[str] = "moved"

    def change(self, plan: Plan) -> Change:
        """
        :raises OnlyCustomDatesMove:
        :raises InstallmentNotOpen:
        """
        plan.check_runs()
        if plan.type != Type.CUSTOM_SCHEDULE:
            raise OnlyCustomDatesMove
        after = _with(plan, replace(plan.line(self.sequence), due_date=self.due_date))
        return changed(plan, after, columns={"scheduled_until": max(line.due_date for line in after)})


def _with(plan: Plan, new: Line) -> list[Line]:
    return [new if line.sequence == new.sequence else line for line in plan.lines]
