"""A plan as an edit sees it, and the change an edit makes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final, Protocol

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.money import ZERO
from subscriptions import schedules
from subscriptions.models import Installment, Subscription
from subscriptions.schedules import Rule

# In a column's new value: the instant at which the change is applied.
NOW: Final = "now"

_OWED: Final = frozenset({Installment.Status.SCHEDULED, Installment.Status.INVOICED, Installment.Status.PAID})
_RUNNING: Final = frozenset({Subscription.Status.ACTIVE, Subscription.Status.PAUSED})


class SubscriptionEnded(DomainError):
    code = "SUBSCRIPTION_ENDED"
    message = gettext_noop("This subscription is already completed or cancelled.")


class AlreadySettledEarly(DomainError):
    code = "ALREADY_SETTLED_EARLY"
    message = gettext_noop("This subscription was settled early: only its last payment is left. Nothing can change.")


class PlanHasMoved(DomainError):
    code = "PLAN_HAS_MOVED"
    message = gettext_noop("Something happened to it since you looked, so nothing was changed. Look at it again.")


class InstallmentNotOpen(DomainError):
    code = "INSTALLMENT_NOT_OPEN"
    message = gettext_noop(
        "Only a scheduled installment without any payment can be changed. Choose one that has not been invoiced."
    )


@dataclass(frozen=True, kw_only=True)
class Line:
    """
    One installment; a past one was asked for, paid for, skipped or cancelled, and never changes again.

    One that was only paid in part goes with its plan, should that be cancelled.
    """

    sequence: int
    due_date: date
    amount: Decimal
    description: str = ""
    status: str = Installment.Status.SCHEDULED.value
    amount_paid: Decimal = ZERO

    @property
    def is_past(self) -> bool:
        return self.status != Installment.Status.SCHEDULED or self.amount_paid > 0

    @property
    def is_owed(self) -> bool:
        """Counts towards what the plan asks for in all."""
        return self.status in _OWED


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    A subscription with its installments by number.

    :param paused_on: the merchant's day on which it was paused
    :param until: how far ahead an open-ended plan is scheduled
    :param weekend: ISO weekdays on which the merchant does not work
    :param decimals: of its currency
    """

    type: Subscription.Type
    status: Subscription.Status
    rules: tuple[Rule, ...]
    lines: tuple[Line, ...]
    total: Decimal | None
    ends_after: int | None
    ends_on: date | None
    is_settled_early: bool
    paused_on: date | None
    today: date
    until: date
    weekend: frozenset[int]
    decimals: int

    def line(self, sequence: int) -> Line:
        """:raises InstallmentNotOpen: unless it may still change"""
        found = next((line for line in self.lines if line.sequence == sequence), None)
        if found is None or found.is_past:
            raise InstallmentNotOpen
        return found

    @property
    def upcoming(self) -> Line | None:
        """The next installment of an open-ended plan, too far ahead to be scheduled yet; None where it has ended."""
        last = self.lines[-1].sequence
        if self.type != Subscription.Type.OPEN_ENDED:
            return None
        due = schedules.next_due(self.rules, last, ends_after=self.ends_after, ends_on=self.ends_on)
        return Line(sequence=due.sequence, due_date=due.due_date, amount=due.amount) if due else None

    @property
    def changeable_lines(self) -> list[Line]:
        """Those from which on other terms may hold."""
        return [*self.open_lines, *filter(None, [self.upcoming])]

    @property
    def open_lines(self) -> list[Line]:
        """The ones that may still change."""
        return [line for line in self.lines if not line.is_past]

    def check_runs(self) -> None:
        """
        :raises SubscriptionEnded:
        :raises AlreadySettledEarly:
        """
        if self.status not in _RUNNING:
            raise SubscriptionEnded
        if self.is_settled_early:
            raise AlreadySettledEarly


@dataclass(frozen=True, kw_only=True)
class PlanWarning:
    """Something to think of before saving; `values` are dates, amounts and numbers for its words."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Change:
    """
    The schedule before and after.

    :param columns: of the subscription, with their new values
    :param terms: the rules that replace all from `terms[0].from_sequence` on; none leaves the rules as they are
    :param later: how much less a year an open-ended plan asks for after what is scheduled, were it to go on
    :param waived: what an open-ended plan never asks for although its time has passed
    :param fallen_due: where it ends an open-ended plan: what had fallen due and is dropped; else None
    """

    before: tuple[Line, ...]
    after: tuple[Line, ...]
    columns: Mapping[str, Any] = field(default_factory=dict)
    terms: tuple[Rule, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()
    later: Decimal = ZERO
    waived: Decimal = ZERO
    fallen_due: Decimal | None = None

    @property
    def fingerprint(self) -> str:
        """The same for two changes that begin and end alike."""
        content = repr((self.before, self.after, sorted(self.columns.items()), self.terms, self.waived))
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def sum_before(self) -> Decimal:
        return owed_in(self.before)

    @property
    def sum_after(self) -> Decimal:
        return owed_in(self.after)

    def lowered_by(self, *, has_total: bool) -> Decimal:
        """
        How much less is owed than before; zero or less where it is not less.

        A plan without a total is scheduled further ahead with time, so only the payments it had before are compared.
        What its later ones ask for less counts for a year, also where the plan has an end: that can be taken away.
        """
        if has_total:
            return self.sum_before - self.sum_after
        last = max((line.sequence for line in self.before), default=0)
        less = self.sum_before - owed_in([line for line in self.after if line.sequence <= last])
        # More owed for a while does not hide that less is owed for good.
        for_good = self.later + self.waived
        return max(less, ZERO) + for_good if for_good else less

    def decided_by_it(self, *, has_total: bool) -> Decimal:
        """
        How much of that is somebody's to decide who must not be alone.

        What an ended plan would have asked for in time to come was never owed.
        """
        return self.lowered_by(has_total=has_total) if self.fallen_due is None else self.fallen_due


class Edit(Protocol):
    """One thing to change. `event` is its name in the timeline."""

    event: ClassVar[str]

    def change(self, plan: Plan) -> Change: ...


def owed_in(lines: Sequence[Line]) -> Decimal:
    return sum((line.amount for line in lines if line.is_owed), ZERO)
