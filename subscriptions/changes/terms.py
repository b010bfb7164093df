"""Other amounts, other days, another end, from an installment on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import ClassVar

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.money import ZERO
from subscriptions import schedules
from subscriptions.changes.plans import Change, InstallmentNotOpen, Line, Plan, owed_in
from subscriptions.changes.replanning import even_amount, moved_on, rederived, replanned, rules_from
from subscriptions.models import Subscription
from subscriptions.schedules import Interval, Rule

Type = Subscription.Type


class CustomHasNoRule(DomainError):
    code = "CUSTOM_HAS_NO_RULE"
    message = gettext_noop("A custom schedule lists its payments one by one. Move or skip single payments instead.")


class PaymentDayMissing(DomainError):
    code = "PAYMENT_DAY_MISSING"
    message = gettext_noop("Choose the day of the month on which it is to be paid.")


class NothingChanges(DomainError):
    code = "NOTHING_CHANGES"
    message = gettext_noop("This is how the plan is already. Enter what shall be different.")


class NotOpenEnded(DomainError):
    code = "NOT_OPEN_ENDED"
    message = gettext_noop("Only an open-ended plan can be given an end; this one ends when its total is paid.")


class NotFixed(DomainError):
    code = "NOT_FIXED"
    message = gettext_noop("Only what is left of a fixed total can be spread over more payments.")


@dataclass(frozen=True, kw_only=True)
class NewTerms:
    """
    Another amount, payment day or interval from an installment on; None leaves it as it is.

    What is left of a FIXED_MONTHLY plan's total is divided anew, so it gets more or fewer payments.
    """

    from_sequence: int
    amount: Decimal | None = None
    payment_day: int | None = None
    interval: Interval | None = None
    event: ClassVar[str] = "terms_changed"

    def change(self, plan: Plan) -> Change:
        """
        :raises CustomHasNoRule:
        :raises InstallmentNotOpen:
        :raises PaymentDayMissing: a weekly plan becomes one by the month
        :raises NothingChanges:
        """
        plan.check_runs()
        if not plan.rules:
            raise CustomHasNoRule
        if self.from_sequence not in {line.sequence for line in plan.changeable_lines}:
            raise InstallmentNotOpen
        old = rules_from(plan, self.from_sequence)
        new = self._rule(old[0])
        if [new] == old:
            raise NothingChanges
        return replanned(plan, [new])

    def _rule(self, old: Rule) -> Rule:
        interval = self.interval or old.interval
        day = None if interval is Interval.WEEKLY else self.payment_day or old.payment_day
        if interval is not Interval.WEEKLY and day is None:
            raise PaymentDayMissing
        return replace(
            old,
            anchor=_anchor(old, interval, day),
            interval=interval,
            payment_day=day,
            amount=self.amount or old.amount,
        )


def _anchor(old: Rule, interval: Interval, payment_day: int | None) -> date:
    """The new day in the month the installment was due in; after a week, the first such day from then on."""
    if payment_day is None:
        return old.anchor
    if old.interval is Interval.WEEKLY:
        return schedules.first_due_date(starts_on=old.anchor, payment_day=payment_day)
    return schedules.months_later(old.anchor, 0, payment_day)


@dataclass(frozen=True, kw_only=True)
class SpreadOver:
    """Divide what is left of a fixed total over so many payments more, each the smaller for it."""

    more: int
    event: ClassVar[str] = "extended"

    def change(self, plan: Plan) -> Change:
        """
        :raises NotFixed:
        :raises InstallmentNotOpen: all were asked for already
        """
        plan.check_runs()
        if plan.type != Type.FIXED_MONTHLY:
            raise NotFixed
        last_past = max((line.sequence for line in plan.lines if line.is_past), default=0)
        left = [line for line in plan.lines if line.sequence > last_past]
        if not left:
            raise InstallmentNotOpen
        amount = even_amount(
            sum((line.amount for line in left), Decimal(0)), len(left) + self.more, decimals=plan.decimals
        )
        return NewTerms(from_sequence=left[0].sequence, amount=amount).change(plan)


@dataclass(frozen=True, kw_only=True)
class NewEnd:
    """
    Another end for an open-ended plan: after so many payments, on a day, or neither.

    One that had come to its end goes on from today: nobody is asked for the time in between.
    """

    ends_after: int | None = None
    ends_on: date | None = None
    event: ClassVar[str] = "end_changed"

    def change(self, plan: Plan) -> Change:
        """
        :raises NotOpenEnded:
        :raises NothingChanges:
        :raises PastWouldChange: it was invoiced beyond that end
        """
        plan.check_runs()
        if plan.type != Type.OPEN_ENDED:
            raise NotOpenEnded
        if (self.ends_after, self.ends_on) == (plan.ends_after, plan.ends_on):
            raise NothingChanges
        new = replace(plan, ends_after=self.ends_after, ends_on=self.ends_on)
        change = self._ended(plan, new)
        return replace(change, fallen_due=dropped_by_end(plan, change.after, new))

    def _ended(self, plan: Plan, new: Plan) -> Change:
        follows = new.upcoming
        if plan.upcoming is None and follows is not None and follows.due_date < plan.today:
            return replanned(new, _from_today(plan, follows.sequence), ends_after=self.ends_after, ends_on=self.ends_on)
        return rederived(plan, new, ends_after=self.ends_after, ends_on=self.ends_on)


def dropped_by_end(plan: Plan, after: Sequence[Line], new: Plan | None = None) -> Decimal | None:
    """
    What of an open-ended plan had fallen due and is not asked for any more, also where a pause kept it from being
    scheduled. None for another plan: it owes its total.

    :param new: the plan as it ends; None where nothing more is ever scheduled
    """
    if plan.type != Type.OPEN_ENDED:
        return None
    left = _fallen_due(plan, after) if new is None else _fallen_due(plan, after) + _unscheduled(new)
    return max(_fallen_due(plan, plan.lines) + _unscheduled(plan) - left, ZERO)


def _fallen_due(plan: Plan, lines: Sequence[Line]) -> Decimal:
    return owed_in([line for line in lines if line.due_date <= plan.today])


def _unscheduled(plan: Plan) -> Decimal:
    dues = schedules.expected_dues(
        plan.rules,
        until=plan.today,
        ends_after=plan.ends_after,
        ends_on=plan.ends_on,
        after_sequence=plan.lines[-1].sequence if plan.lines else 0,
    )
    return sum((due.amount for due in dues), ZERO)


def _from_today(plan: Plan, sequence: int) -> list[Rule]:
    """What holds from an installment on, later by the due dates that have passed."""
    rules = rules_from(plan, sequence)
    dates = (schedules.due_date(rules[0], number) for number in count(sequence))
    first = next(each for each in dates if each >= plan.today)
    return [moved_on(rule, _steps_between(rule, rules[0].anchor, first)) for rule in rules]


def _steps_between(rule: Rule, since: date, until: date) -> int:
    """In months, or weeks of a weekly rule, as `moved_on` counts them."""
    if rule.interval is Interval.WEEKLY:
        return (until - since).days // 7
    return (until.year - since.year) * 12 + until.month - since.month
