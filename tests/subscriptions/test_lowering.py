"""What a change of a plan owes less, weighed by itself: no way around leads past it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from subscriptions.changes import CancelAtEnd, Edit, NewEnd, NewTerms, Plan, SpreadOver
from subscriptions.models import Subscription
from subscriptions.schedules import Interval
from tests.subscriptions.test_changes import AMOUNT, applied, new_plan

Type = Subscription.Type

LOWER = Decimal(80)
A_YEAR_OF_IT = (AMOUNT - LOWER) * 12


def open_ended(interval: Interval = Interval.MONTHLY) -> Plan:
    return new_plan(Type.OPEN_ENDED, interval, 1)


def lowered_by(plan: Plan, edit: Edit) -> Decimal:
    return edit.change(plan).lowered_by(has_total=plan.total is not None)


@pytest.mark.parametrize("end", [NewEnd(ends_after=1), NewEnd(ends_on=open_ended().lines[0].due_date), CancelAtEnd()])
def test_an_amount_lowered_while_the_plan_has_an_end_counts_as_if_it_had_none(end: Edit) -> None:
    plan = open_ended()
    ended = applied(plan, end)
    assert len(ended.lines) == 1

    lower = NewTerms(from_sequence=1, amount=LOWER)
    lowered = applied(ended, lower)
    reopened = applied(lowered, NewEnd())

    assert lowered_by(ended, lower) == (AMOUNT - LOWER) + A_YEAR_OF_IT
    assert lowered_by(lowered, NewEnd()) <= 0
    assert [line.amount for line in reopened.lines] == [LOWER] * len(plan.lines)


def test_an_end_taken_away_long_after_it_keeps_the_rise_that_was_planned() -> None:
    plan = open_ended()
    rise = len(plan.lines) + 1
    raised = applied(plan, NewTerms(from_sequence=rise, amount=Decimal(150)))
    ended = applied(raised, NewEnd(ends_after=2))
    years_later = replace(ended, today=ended.today + timedelta(days=735), until=ended.until + timedelta(days=735))

    reopened = applied(years_later, NewEnd())

    assert lowered_by(years_later, NewEnd()) <= 0
    owed = [(line.sequence, line.due_date.isoformat(), line.amount) for line in reopened.lines[2:]]
    assert owed[0] == (3, "2028-02-01", AMOUNT)
    assert owed[rise - 3] == (rise, f"2028-0{rise - 1}-01", Decimal(150))


@pytest.mark.parametrize(
    ("interval", "longer", "amount", "less"),
    [
        (Interval.MONTHLY, Interval.QUARTERLY, AMOUNT, AMOUNT * 8),
        (Interval.WEEKLY, Interval.YEARLY, AMOUNT, AMOUNT * 51),
        (Interval.WEEKLY, Interval.MONTHLY, AMOUNT * 4, AMOUNT * 4),
        (Interval.MONTHLY, Interval.QUARTERLY, AMOUNT * 3, 0),
        (Interval.QUARTERLY, Interval.MONTHLY, AMOUNT, 0),
    ],
)
def test_a_longer_interval_owes_less_unless_its_payments_are_as_much_larger(
    interval: Interval, longer: Interval, amount: Decimal, less: Decimal
) -> None:
    plan = open_ended(interval)

    edit = NewTerms(from_sequence=len(plan.lines) + 1, amount=amount, interval=longer, payment_day=1)

    assert lowered_by(plan, edit) == less


def test_a_total_divided_otherwise_stays_owed() -> None:
    plan = new_plan(Type.FIXED_MONTHLY, Interval.MONTHLY, 1)

    for edit in (SpreadOver(more=6), NewTerms(from_sequence=2, amount=LOWER, interval=Interval.YEARLY)):
        assert lowered_by(plan, edit) == 0
