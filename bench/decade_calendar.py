"""
A calendar walked day by day, with which bench.decade compares the product: it shares no code and no idea with it.

Nothing here computes a date. Every day is looked at; a payment day is counted when it comes, and every so many of them
one payment is due. A pause whose dates move is a pause in the counting.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

DAY = timedelta(days=1)


@dataclass
class Expected:
    due: date
    amount: Decimal
    issued_on: date | None


@dataclass
class Counting:
    """How a plan's payment days are counted: by weekday, or by a day of the month; each `step`-th is due."""

    weekday: int | None
    day: int
    step: int

    def is_payment_day(self, today: date) -> bool:
        if self.weekday is not None:
            return today.weekday() == self.weekday
        is_last = (today + DAY).month != today.month
        return today.day == self.day or (is_last and today.day < self.day)


@dataclass
class WalkedPlan:
    """A plan by the day. `left` is what a fixed total still lacks; `ends_after` counts skipped payments too."""

    counting: Counting
    amount: Decimal
    countdown: int
    left: Decimal | None = None
    ends_on: date | None = None
    ends_after: int | None = None
    made: list[Expected] = field(default_factory=list)
    seen: int = 0
    skips: int = 0
    has_ended: bool = False
    paused: WalkedPlan | None = None
    paused_on: date | None = None

    @classmethod
    def beginning(
        cls, counting: Counting, *, today: date, starts_on: date, skip_first: bool, **terms: object
    ) -> WalkedPlan:
        countdown = _count(counting, today, starts_on) + (counting.step if skip_first else 0)
        return cls(counting=counting, countdown=countdown, **terms)  # type: ignore[arg-type]

    def walk(self, today: date) -> None:
        if self.has_ended or not self.counting.is_payment_day(today):
            return
        if self.countdown:
            self.countdown -= 1
            return
        self.countdown = self.counting.step - 1
        self._fall_due(today)

    def _fall_due(self, today: date) -> None:
        is_past_end = self.ends_on is not None and today > self.ends_on
        is_last_seen = self.ends_after is not None and self.seen >= self.ends_after
        if is_past_end or is_last_seen or self.left == 0:
            return
        self.seen += 1
        if self.skips:
            self.skips -= 1
            return
        amount = self.amount if self.left is None else min(self.amount, self.left)
        if self.left is not None:
            self.left -= amount
        self.made.append(Expected(today, amount, None if self.paused else today))

    def next_due(self, today: date) -> date | None:
        """Found by walking on, in a copy."""
        ahead, before = copy.deepcopy(self), len(self.made)
        for days in range(1500):
            ahead.walk(today + days * DAY)
            if len(ahead.made) > before:
                return ahead.made[-1].due
        return None

    def pause(self, today: date) -> None:
        self.paused = copy.deepcopy(self)
        self.paused_on = today

    def resume(self, today: date, *, shifts: bool) -> None:
        assert self.paused is not None
        assert self.paused_on is not None
        # A pause moves what was to come; where nothing was, for the plan had come to its end, it moves nothing.
        if shifts and self.paused.next_due(self.paused_on):
            vars(self).update(vars(self.paused))
        self.paused = None
        for each in self.made:
            each.issued_on = each.issued_on or today

    def forget_pause(self) -> None:
        """What fell due while the plan was paused to the last day was never asked for."""
        if self.paused is not None:
            vars(self).update(vars(self.paused))

    def change(self, counting: Counting, amount: Decimal, *, today: date, first: date) -> None:
        """Other terms, the first payment under them being due on `first` or the next of its payment days."""
        self.counting, self.amount = counting, amount
        # What was to be skipped comes before the change, and counts as it would have.
        self.seen, self.skips = self.seen + self.skips, 0
        self.countdown = _count(counting, today, first)

    def settle(self, today: date) -> None:
        assert self.left is not None
        self.made.append(Expected(today, self.left, today))
        self.has_ended = True


@dataclass
class WalkedList:
    """A custom schedule: its days are struck off as they come."""

    waiting: list[Expected]
    made: list[Expected] = field(default_factory=list)
    has_ended: bool = False
    paused_on: date | None = None

    def walk(self, today: date) -> None:
        due = [] if self.has_ended or self.paused_on else [each for each in self.waiting if each.due <= today]
        for each in due:
            self.waiting.remove(each)
            each.issued_on = today
            self.made.append(each)

    def resume(self, today: date, *, shifts: bool) -> None:
        assert self.paused_on is not None
        if shifts:
            for each in self.waiting:
                each.due += today - self.paused_on
        self.paused_on = None

    def forget_pause(self) -> None:
        """Nothing is struck off while it is paused."""

    def settle(self, today: date) -> None:
        self.made.append(Expected(today, sum((each.amount for each in self.waiting), Decimal(0)), today))
        self.has_ended = True


def _count(counting: Counting, today: date, until: date) -> int:
    """The payment days from today on, before that day."""
    days = (today + n * DAY for n in range((until - today).days))
    return sum(counting.is_payment_day(day) for day in days)
