"""
When a plan's amounts fall due, and how much each is.

Pure: no Django, no clock. Every due date is a function of a rule and the installment's number, never of the date
before it, so a 31st that became a 28th in February is a 31st again in March.
"""

from __future__ import annotations

import calendar
import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Final

MAX_INSTALLMENTS: Final = 600
# Later than any due date: a plan scheduled until then has nothing left to schedule.
NEVER: Final = date.max


class Interval(enum.StrEnum):
    """How far one payment is from the next; the values are those of `Subscription.Interval`."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTER"
    YEARLY = "YEARLY"


MONTHS: Final = {Interval.MONTHLY: 1, Interval.QUARTERLY: 3, Interval.YEARLY: 12}
# A year has 12 months, 52 weeks, 4 quarters.
PAYMENTS_IN_YEAR: Final = {Interval.WEEKLY: 52, Interval.MONTHLY: 12, Interval.QUARTERLY: 4, Interval.YEARLY: 1}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """
    What holds from one installment on: when that one is due, how often the others follow, and how much each is.

    :param anchor: the due date of `from_sequence`; of a weekly rule its weekday, of others its month counts
    :param payment_day: 1 to 31, a month too short for it is paid on its last day; None for a weekly rule
    """

    from_sequence: int
    anchor: date
    interval: Interval
    payment_day: int | None
    amount: Decimal

    @property
    def in_a_year(self) -> Decimal:
        """What it asks for in a year."""
        return self.amount * PAYMENTS_IN_YEAR[self.interval]


@dataclass(frozen=True, kw_only=True)
class Due:
    """An installment to be: its number from 1, its day, its amount, and what it is called, if it has a name."""

    sequence: int
    due_date: date
    amount: Decimal
    description: str = ""


def first_due_date(*, starts_on: date, payment_day: int) -> date:
    """The first payment day on or after that day."""
    this_month = on_day(starts_on.year, starts_on.month, payment_day)
    return this_month if this_month >= starts_on else months_later(starts_on, 1, payment_day)


def due_date(rule: Rule, sequence: int) -> date:
    """The day an installment is due under a rule, which may be asked about the ones before it too."""
    return periods_later(rule, rule.anchor, sequence - rule.from_sequence)


def periods_later(rule: Rule, anchor: date, periods: int) -> date:
    if rule.interval is Interval.WEEKLY:
        return anchor + timedelta(weeks=periods)
    return months_later(anchor, MONTHS[rule.interval] * periods, rule.payment_day or anchor.day)


def months_later(anchor: date, months: int, payment_day: int) -> date:
    """The payment day of the month that many months after the anchor's."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return on_day(year, month + 1, payment_day)


def rule_at(rules: Sequence[Rule], sequence: int) -> Rule:
    """
    The rule an installment follows: the last that begins at it or before.

    :param rules: by `from_sequence`, the first from installment 1; of two from the same installment the later holds
    """
    found = rules[0]
    for rule in rules:
        if rule.from_sequence > sequence:
            break
        found = rule
    return found


def due_at(rules: Sequence[Rule], sequence: int) -> Due:
    rule = rule_at(rules, sequence)
    return Due(sequence=sequence, due_date=due_date(rule, sequence), amount=rule.amount)


def expected_dues(
    rules: Sequence[Rule],
    *,
    total: Decimal | None = None,
    until: date = NEVER,
    ends_after: int | None = None,
    ends_on: date | None = None,
    after_sequence: int = 0,
) -> Iterator[Due]:
    """
    The installments of a plan, derived from its rules alone.

    :param total: of a FIXED_MONTHLY plan, which ends when it is covered, the remainder being the last; it has no
        other end. None for an OPEN_ENDED one, which goes on until `until` or its own end
    :param after_sequence: the last installment not wanted, of an OPEN_ENDED plan
    """
    return (
        _fixed_dues(rules, total)
        if total is not None
        else _open_dues(rules, until, ends_after, ends_on, after_sequence)
    )


def _fixed_dues(rules: Sequence[Rule], total: Decimal) -> Iterator[Due]:
    left = total
    for sequence in count(1):
        due = due_at(rules, sequence)
        if due.amount >= left:
            yield Due(sequence=sequence, due_date=due.due_date, amount=left)
            return
        yield due
        left -= due.amount


def _open_dues(
    rules: Sequence[Rule], until: date, ends_after: int | None, ends_on: date | None, after_sequence: int
) -> Iterator[Due]:
    for sequence in count(after_sequence + 1):
        due = next_due(rules, sequence - 1, ends_after=ends_after, ends_on=ends_on)
        if due is None or due.due_date > until:
            return
        yield due


def next_due(rules: Sequence[Rule], sequence: int, *, ends_after: int | None, ends_on: date | None) -> Due | None:
    """The installment after that one of an OPEN_ENDED plan; None where the plan has ended."""
    if ends_after is not None and sequence >= ends_after:
        return None
    due = due_at(rules, sequence + 1)
    return None if ends_on is not None and due.due_date > ends_on else due


def scheduled_until(rules: Sequence[Rule], sequence: int, *, ends_after: int | None, ends_on: date | None) -> date:
    """The last day before an OPEN_ENDED plan needs another installment; NEVER once it has all of them."""
    due = next_due(rules, sequence, ends_after=ends_after, ends_on=ends_on)
    return NEVER if due is None else due.due_date - timedelta(days=1)


def number_of_payments(*, total: Decimal, monthly: Decimal) -> int:
    """How many payments cover the total, the last of them being the remainder."""
    full_payments, remainder = divmod(total, monthly)
    return int(full_payments) + (remainder > 0)


def custom(payments: Sequence[tuple[date, Decimal, str]]) -> list[Due]:
    """The given payments by date; two on one day keep their order."""
    ordered = sorted(payments, key=lambda payment: payment[0])
    return [
        Due(sequence=number, due_date=day, amount=amount, description=description)
        for number, (day, amount, description) in enumerate(ordered, start=1)
    ]


def on_day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
