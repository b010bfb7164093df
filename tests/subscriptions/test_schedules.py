"""Due dates and amounts, as pure functions of (anchor, n)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions import schedules

thousandths = st.integers(min_value=1, max_value=999_999_999).map(lambda whole: Decimal(whole).scaleb(-3))
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31))


@pytest.mark.parametrize(
    ("created_on", "payment_day", "first"),
    [
        (date(2025, 12, 1), 5, date(2025, 12, 5)),
        (date(2025, 12, 5), 5, date(2025, 12, 5)),
        (date(2025, 12, 6), 5, date(2026, 1, 5)),
        (date(2026, 2, 10), 31, date(2026, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 1)),
    ],
)
def test_the_first_due_date_is_the_first_payment_day_from_creation_on(
    created_on: date, payment_day: int, first: date
) -> None:
    assert schedules.first_due_date(created_on=created_on, payment_day=payment_day) == first


def test_a_31st_is_a_31st_again_after_a_short_month() -> None:
    due_dates = [schedules.monthly_due_date(anchor=date(2028, 1, 31), payment_day=31, n=n) for n in range(5)]

    assert due_dates == [
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
        date(2028, 5, 31),
    ]


def test_the_remainder_is_the_last_installment() -> None:
    plan = schedules.fixed_monthly(total=Decimal(1000), monthly=Decimal(300), anchor=date(2026, 1, 5), payment_day=5)

    assert [due.amount for due in plan] == [Decimal(300)] * 3 + [Decimal(100)]
    assert [due.due_date.month for due in plan] == [1, 2, 3, 4]


@given(total=thousandths, count=st.integers(1, 600), anchor=days, payment_day=st.integers(1, 28))
def test_fixed_installments_sum_to_the_total_and_none_is_empty(
    total: Decimal, count: int, anchor: date, payment_day: int
) -> None:
    monthly = max((total / count).quantize(Decimal("0.001")), Decimal("0.001"))
    plan = schedules.fixed_monthly(total=total, monthly=monthly, anchor=anchor, payment_day=payment_day)

    assert sum(due.amount for due in plan) == total
    assert all(Decimal(0) < due.amount <= monthly for due in plan)
    assert [due.sequence for due in plan] == list(range(1, len(plan) + 1))


@given(created_on=days, payment_day=st.integers(1, 31), months=st.integers(1, 60))
def test_every_month_has_exactly_one_due_date(created_on: date, payment_day: int, months: int) -> None:
    anchor = schedules.first_due_date(created_on=created_on, payment_day=payment_day)

    due_dates = [schedules.monthly_due_date(anchor=anchor, payment_day=payment_day, n=n) for n in range(months)]

    assert due_dates[0] == anchor
    counted = [due.year * 12 + due.month for due in due_dates]
    assert counted == list(range(counted[0], counted[0] + months))


@given(anchor=days, payment_day=st.integers(1, 28), until=st.integers(0, 2000), pieces=st.integers(1, 5))
def test_an_open_ended_plan_extended_in_pieces_is_the_one_made_at_once(
    anchor: date, payment_day: int, until: int, pieces: int
) -> None:
    anchor = schedules.first_due_date(created_on=anchor, payment_day=payment_day)
    last = anchor + timedelta(days=until)
    plan = {"amount": Decimal(25), "anchor": anchor, "payment_day": payment_day}

    at_once = list(schedules.open_ended(**plan, after_sequence=0, until=last))
    in_pieces: list[schedules.Due] = []
    for piece in range(1, pieces + 1):
        upto = anchor + timedelta(days=until * piece // pieces)
        in_pieces += schedules.open_ended(**plan, after_sequence=len(in_pieces), until=upto)

    assert in_pieces == at_once


def test_custom_payments_are_ordered_by_date_and_two_on_a_day_keep_their_order() -> None:
    payments = [
        (date(2026, 3, 1), Decimal(1), "later"),
        (date(2026, 1, 1), Decimal(2), "first of the day"),
        (date(2026, 1, 1), Decimal(3), "second of the day"),
    ]

    plan = schedules.custom(payments)

    assert [due.description for due in plan] == ["first of the day", "second of the day", "later"]
    assert [due.sequence for due in plan] == [1, 2, 3]
