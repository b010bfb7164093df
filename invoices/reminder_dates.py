"""
The days on which a bill or installment is reminded of: a pure function of its plan and of what was sent already.

The preview that staff see and the sweep that sends both ask it, so there is no second calendar to disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

# Enough for a standstill or a promise; an old debt is not dunned because somebody writes a plan today.
LATE_AT_MOST: Final = timedelta(days=60)
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Step:
    """:param days: after the due date; negative before it"""

    days: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class History:
    """
    What the customer has had about one document.

    `last_message_on` is the day of the last message, the invoice's own included; `last_days` the step the plan has
    come to; `count` how many reminders may have arrived.
    """

    last_message_on: date | None = None
    last_days: int | None = None
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class PlannedReminder:
    on_date: date
    days: int
    channel: str


def reminder_dates(
    *,
    due_date: date,
    steps: Iterable[Step],
    at_most: int,
    history: History,
    not_before: date,
    promised_until: date | None = None,
    quiet_weekdays: Collection[int] = (),
) -> list[PlannedReminder]:
    """
    The reminders still to come if nothing is paid, one a day at most.

    Of steps that fall on one day, after a standstill, a promise or a weekend, only the latest counts. A step whose
    day lies not after the last message is over, and so is one that would be more than 60 days late.

    :param not_before: the first day on which one may be sent
    :param promised_until: nothing is sent on or before this day
    :param quiet_weekdays: ISO weekdays on which nothing is sent; what falls on them moves to the next other day
    """
    earliest = not_before if promised_until is None else max(not_before, promised_until + _ONE_DAY)
    by_day: dict[date, PlannedReminder] = {}
    for step in sorted(steps, key=lambda step: step.days):
        own_day = due_date + timedelta(days=step.days)
        on_date = next_open_day(max(own_day, earliest), quiet_weekdays)
        if not _is_over(step, own_day, history) and on_date - own_day <= LATE_AT_MOST:
            by_day[on_date] = PlannedReminder(on_date=on_date, days=step.days, channel=step.channel)
    return [by_day[day] for day in sorted(by_day)][: max(0, at_most - history.count)]


def next_open_day(day: date, quiet_weekdays: Collection[int]) -> date:
    """This day, or the first after it that is not quiet."""
    while day.isoweekday() in quiet_weekdays:
        day += _ONE_DAY
    return day


def _is_over(step: Step, own_day: date, history: History) -> bool:
    is_passed = history.last_days is not None and step.days <= history.last_days
    return is_passed or (history.last_message_on is not None and own_day <= history.last_message_on)
