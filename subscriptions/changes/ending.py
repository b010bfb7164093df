"""A plan cancelled, now or at the end of its period, or settled early."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.money import ZERO
from subscriptions.changes.plans import NOW, Change, Line, Plan, SubscriptionEnded
from subscriptions.changes.replanning import changed
from subscriptions.changes.terms import NewEnd, NothingChanges, dropped_by_end
from subscriptions.models import Installment, Subscription

Type = Subscription.Type
Status = Subscription.Status


class HasItsOwnEnd(DomainError):
    code = "HAS_ITS_OWN_END"
    message = gettext_noop("This plan ends when its total is paid. Cancel it now, or settle it early.")


class NoPeriodHasBegun(DomainError):
    code = "NO_PERIOD_HAS_BEGUN"
    message = gettext_noop("Nothing of this plan is due yet. Cancel it now instead.")


class OpenEndedHasNoRemainder(DomainError):
    code = "OPEN_ENDED_HAS_NO_REMAINDER"
    message = gettext_noop("An open-ended plan has no total to settle. Cancel it instead.")


class NotActiveToSettle(DomainError):
    code = "NOT_ACTIVE_TO_SETTLE"
    message = gettext_noop("Resume this subscription first: a paused one is not invoiced.")


class NothingLeftToSettle(DomainError):
    code = "NOTHING_LEFT_TO_SETTLE"
    message = gettext_noop("Every installment was invoiced already. There is nothing left to settle early.")


class DiscountTooLarge(DomainError):
    code = "DISCOUNT_TOO_LARGE"
    message = gettext_noop("The discount must be less than what is left. To ask for nothing more, cancel the plan.")


@dataclass(frozen=True, kw_only=True)
class CancelNow:
    """
    Drop the installments nobody has been asked to pay. Invoiced ones stay open: the customer holds their links.

    One that was paid in part before anybody asked is dropped as a bill paid in part is: its rest is never asked for.
    """

    event: ClassVar[str] = "cancelled"

    def change(self, plan: Plan) -> Change:
        """:raises SubscriptionEnded:"""
        if plan.status not in (Status.ACTIVE, Status.PAUSED):
            raise SubscriptionEnded
        scheduled = [line for line in plan.lines if line.status == Installment.Status.SCHEDULED]
        after = _without(plan, scheduled)
        columns = {"status": Status.CANCELLED, "cancelled_at": NOW}
        return replace(changed(plan, after, columns=columns), fallen_due=dropped_by_end(plan, after))


@dataclass(frozen=True, kw_only=True)
class CancelAtEnd:
    """No further periods after the current one; what is owed until then is still asked for, and completes the plan."""

    event: ClassVar[str] = "cancelled_at_end"

    def change(self, plan: Plan) -> Change:
        """
        :raises HasItsOwnEnd:
        :raises NoPeriodHasBegun:
        """
        plan.check_runs()
        if plan.type != Type.OPEN_ENDED:
            raise HasItsOwnEnd
        begun = [line.sequence for line in plan.lines if line.is_past or line.due_date <= plan.today]
        if not begun:
            raise NoPeriodHasBegun
        if plan.ends_after == max(begun):
            raise NothingChanges
        return NewEnd(ends_after=max(begun), ends_on=plan.ends_on).change(plan)


@dataclass(frozen=True, kw_only=True)
class SettleEarly:
    """
    One last payment over all that was not asked for yet, less a discount; its installments are dropped.

    :param description: what the last payment is called, in the merchant's language
    """

    discount: Decimal = ZERO
    description: str = ""
    event: ClassVar[str] = "settled_early"

    def change(self, plan: Plan) -> Change:
        """
        :raises OpenEndedHasNoRemainder:
        :raises NotActiveToSettle:
        :raises NothingLeftToSettle:
        :raises DiscountTooLarge:
        """
        plan.check_runs()
        if plan.type == Type.OPEN_ENDED:
            raise OpenEndedHasNoRemainder
        if plan.status != Status.ACTIVE:
            raise NotActiveToSettle
        remaining = sum((line.amount for line in plan.open_lines), ZERO)
        if not remaining:
            raise NothingLeftToSettle
        if not ZERO <= self.discount < remaining:
            raise DiscountTooLarge
        return self._settled(plan, remaining)

    def _settled(self, plan: Plan, remaining: Decimal) -> Change:
        last = Line(
            sequence=plan.lines[-1].sequence + 1,
            due_date=plan.today,
            amount=remaining - self.discount,
            description=self.description,
        )
        columns = {
            "discount_amount": self.discount,
            "settled_early_at": NOW,
            "number_of_installments": last.sequence,
            "last_sequence": last.sequence,
            "scheduled_until": last.due_date,
        }
        return changed(plan, [*_without(plan, plan.open_lines), last], columns=columns)


def _without(plan: Plan, dropped: Iterable[Line]) -> list[Line]:
    gone, cancelled = {line.sequence for line in dropped}, Installment.Status.CANCELLED.value
    return [replace(line, status=cancelled) if line.sequence in gone else line for line in plan.lines]
