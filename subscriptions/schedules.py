"""
When a plan's amounts fall due, and how much each is.

Pure: no Django, no clock. Every due date is a function of (anchor, n), never of the date before it, so a 31st that
became a 28th in February is a 31st again in March.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

MAX_INSTALLMENTS: Final = 600


@dataclass(frozen=True, kw_only=True)
class Due:
    """An installment to be: its number from 1, its day, its amount, and what it is called, if it has a name."""

    sequence: int
    due_date: date
    amount: Decimal
    description: str = ""


def first_due_date(*, created_on: date, payment_day: int) -> date:
    """
    The first payment day on or after the day of creation.

    :param payment_day: 1 to 31; a month too short for it is paid on its last day
    """
    this_month = _on_day(created_on.year, created_on.month, payment_day)
    if this_month >= created_on:
        return this_month
    return monthly_due_date(anchor=date(created_on.year, created_on.month, 1), payment_day=payment_day, n=1)


def monthly_due_date(*, anchor: date, payment_day: int, n: int) -> date:
    """The payment day of the nth month after the anchor's, n from 0."""
    months = anchor.year * 12 + anchor.month - 1 + n
    return _on_day(months // 12, months % 12 + 1, payment_day)


def number_of_payments(*, total: Decimal, monthly: Decimal) -> int:
    """How many monthly payments cover the total, the last of them being the remainder."""
    full_payments, remainder = divmod(total, monthly)
    return int(full_payments) + (remainder > 0)


def fixed_monthly(*, total: Decimal, monthly: Decimal, anchor: date, payment_day: int) -> list[Due]:
    """Equal payments and the remainder in the last one; they sum to the total exactly."""
    count = number_of_payments(total=total, monthly=monthly)
    return [
        Due(
            sequence=n + 1,
            due_date=monthly_due_date(anchor=anchor, payment_day=payment_day, n=n),
            amount=monthly if n < count - 1 else total - monthly * (count - 1),
        )
        for n in range(count)
    ]


def custom(payments: Sequence[tuple[date, Decimal, str]]) -> list[Due]:
    """The given payments by date; two on one day keep their order."""
    ordered = sorted(payments, key=lambda payment: payment[0])
    return [
        Due(sequence=number, due_date=due_date, amount=amount, description=description)
        for number, (due_date, amount, description) in enumerate(ordered, start=1)
    ]


def open_ended(*, amount: Decimal, anchor: date, payment_day: int, after_sequence: int, until: date) -> Iterator[Due]:
    """
    The monthly payments after the given one, up to and including that day.

    :param after_sequence: the last installment that exists; 0 for a new plan
    """
    sequence = after_sequence + 1
    while (due_date := monthly_due_date(anchor=anchor, payment_day=payment_day, n=sequence - 1)) <= until:
        yield Due(sequence=sequence, due_date=due_date, amount=amount)
        sequence += 1


def _on_day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
