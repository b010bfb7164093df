"""
What a plan without a fixed total is worth in a month, and when that changes.

Pure: no Django, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from billing.money import ZERO
from subscriptions.schedules import PAYMENTS_IN_YEAR, Interval, Rule

Step = tuple[date, Decimal]


def monthly_value(amount: Decimal, interval: Interval) -> Decimal:
    """An amount of one period as that of a month, rounded to thousandths for each plan."""
    return (amount * PAYMENTS_IN_YEAR[interval] / 12).quantize(ZERO, ROUND_HALF_UP)


def value_steps(rules: Sequence[Rule], *, starts_on: date, stops_on: date | None) -> list[Step]:
    """
    The days from which a plan is worth how much, in order.

    A changed amount counts from the day on which it is first due, not from the day on which somebody typed it.

    :param rules: by `from_sequence`, the first from installment 1
    :param stops_on: the first day on which it is worth nothing; None for a plan that goes on
    """
    first, *later = rules
    steps = [(starts_on, monthly_value(first.amount, first.interval))]
    steps += [(max(rule.anchor, starts_on), monthly_value(rule.amount, rule.interval)) for rule in later]
    steps.sort(key=lambda step: step[0])
    if stops_on is None:
        return steps
    return [*(step for step in steps if step[0] < stops_on), (max(stops_on, starts_on), ZERO)]


def value_on(steps: Sequence[Step], day: date) -> Decimal:
    """Worth nothing before it began."""
    found = ZERO
    for from_date, value in steps:
        if from_date > day:
            break
        found = value
    return found
