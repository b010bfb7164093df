"""Due dates and amounts, derived from rules, against calendars walked day by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions import schedules
from subscriptions.schedules import Due, Interval, Rule
from tests.subscriptions.calendars import walked

AMOUNT = Decimal("25.000")
thousandths = st.integers(min_value=1, max_value=999_999_999).map(lambda whole: Decimal(whole).scaleb(-3))
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2080, 12, 31))
payment_days = st.integers(1, 31)
by_the_month = st.sampled_from([Interval.MONTHLY, Interval.QUARTERLY, Interval.YEARLY])


def rule_from(starts_on: date, payment_day: int = 5, interval: Interval = Interval.MONTHLY, **kwargs: object) -> Rule:
    anchor = schedules.first_due_date(starts_on=starts_on, payment_day=payment_day)
    stated = {"from_sequence": 1, "anchor": anchor, "interval": interval, "payment_day": payment_day, "amount": AMOUNT}
    return Rule(**stated | kwargs)  # type: ignore[arg-type]


def weekly_from(anchor: date, from_sequence: int = 1) -> Rule:
    return Rule(from_sequence=from_sequence, anchor=anchor, interval=Interval.WEEKLY, payment_day=None, amount=AMOUNT)


def due_dates(rule: Rule, many: int) -> list[date]:
    return [schedules.due_date(rule, sequence) for sequence in range(1, many + 1)]


@pytest.mark.parametrize(
    ("starts_on", "payment_day", "first"),
    [
        (date(2025, 12, 1), 5, date(2025, 12, 5)),
        (date(2025, 12, 5), 5, date(2025, 12, 5)),
        (date(2025, 12, 6), 5, date(2026, 1, 5)),
        (date(2026, 2, 10), 31, date(2026, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 1)),
        (date(2026, 12, 31), 30, date(2027, 1, 30)),
    ],
)
def test_the_first_due_date_is_the_first_payment_day_from_the_start_on(
    starts_on: date, payment_day: int, first: date
) -> None:
    assert schedules.first_due_date(starts_on=starts_on, payment_day=payment_day) == first


def test_a_31st_is_a_31st_again_after_a_short_month() -> None:
    assert due_dates(rule_from(date(2028, 1, 31), 31), 5) == [
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
        date(2028, 5, 31),
    ]


def test_a_yearly_29_february_is_a_28th_in_common_years() -> None:
    yearly = rule_from(date(2028, 2, 29), 29, Interval.YEARLY)

    assert [due.isoformat() for due in due_dates(yearly, 5)] == [
        "2028-02-29",
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-29",
    ]


def test_a_quarter_and_a_week_cross_the_year() -> None:
    quarterly = rule_from(date(2026, 11, 30), 31, Interval.QUARTERLY)
    weekly = weekly_from(date(2026, 12, 24))

    assert due_dates(quarterly, 3) == [date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 31)]
    assert due_dates(weekly, 3) == [date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 7)]


@given(starts_on=days, payment_day=payment_days, interval=by_the_month, many=st.integers(1, 30))
def test_dues_by_the_month_are_those_of_a_calendar_walked_day_by_day(
    starts_on: date, payment_day: int, interval: Interval, many: int
) -> None:
    rule = rule_from(starts_on, payment_day, interval)

    assert due_dates(rule, many) == walked(starts_on, interval=interval, payment_day=payment_day, many=many)


@given(starts_on=days, many=st.integers(1, 200))
def test_weekly_dues_are_those_of_a_calendar_walked_day_by_day(starts_on: date, many: int) -> None:
    rule = weekly_from(starts_on)

    assert due_dates(rule, many) == walked(starts_on, interval=Interval.WEEKLY, payment_day=None, many=many)


def test_the_remainder_is_the_last_installment() -> None:
    rule = rule_from(date(2026, 1, 5), amount=Decimal(300))

    plan = list(schedules.expected_dues([rule], total=Decimal(1000)))

    assert [due.amount for due in plan] == [Decimal(300)] * 3 + [Decimal(100)]
    assert [due.due_date.month for due in plan] == [1, 2, 3, 4]


@given(total=thousandths, count=st.integers(1, 600), starts_on=days, payment_day=payment_days)
def test_fixed_installments_sum_to_the_total_and_none_is_empty(
    total: Decimal, count: int, starts_on: date, payment_day: int
) -> None:
    monthly = max((total / count).quantize(Decimal("0.001")), Decimal("0.001"))
    plan = list(schedules.expected_dues([rule_from(starts_on, payment_day, amount=monthly)], total=total))

    assert sum(due.amount for due in plan) == total
    assert all(Decimal(0) < due.amount <= monthly for due in plan)
    assert [due.sequence for due in plan] == list(range(1, len(plan) + 1))
    assert len(plan) == schedules.number_of_payments(total=total, monthly=monthly)


@given(
    starts_on=days, payment_day=payment_days, interval=by_the_month, until=st.integers(0, 2000), at=st.integers(1, 9)
)
def test_an_open_ended_plan_extended_in_pieces_is_the_one_made_at_once(
    starts_on: date, payment_day: int, interval: Interval, until: int, at: int
) -> None:
    first = rule_from(starts_on, payment_day, interval)
    changed = weekly_from(schedules.due_date(first, at), from_sequence=at)
    last = starts_on + timedelta(days=until)

    at_once = list(schedules.expected_dues([first, changed], until=last))
    in_pieces: list[Due] = []
    for piece in range(1, 6):
        upto = starts_on + timedelta(days=until * piece // 5)
        in_pieces += schedules.expected_dues([first, changed], until=upto, after_sequence=len(in_pieces))

    assert in_pieces == at_once


@given(starts_on=days, ends_after=st.integers(1, 40), days_on=st.integers(0, 1500))
def test_an_end_stops_an_open_ended_plan_and_whichever_comes_first_holds(
    starts_on: date, ends_after: int, days_on: int
) -> None:
    rule = rule_from(starts_on)
    ends_on = rule.anchor + timedelta(days=days_on)

    plan = list(schedules.expected_dues([rule], ends_after=ends_after, ends_on=ends_on))

    calendar = walked(starts_on, interval=Interval.MONTHLY, payment_day=5, many=ends_after)
    assert [due.due_date for due in plan] == [day for day in calendar if day <= ends_on]
    until = schedules.scheduled_until([rule], plan[-1].sequence, ends_after=ends_after, ends_on=ends_on)
    assert until == schedules.NEVER


@given(starts_on=days, payment_day=payment_days, interval=by_the_month, last=st.integers(1, 40))
def test_a_plan_needs_no_installment_until_the_day_before_its_next(
    starts_on: date, payment_day: int, interval: Interval, last: int
) -> None:
    rule = rule_from(starts_on, payment_day, interval)

    until = schedules.scheduled_until([rule], last, ends_after=None, ends_on=None)

    assert len(list(schedules.expected_dues([rule], until=until))) == last
    assert len(list(schedules.expected_dues([rule], until=until + timedelta(days=1)))) == last + 1


def test_a_later_rule_holds_from_its_installment_on_and_leaves_the_earlier_ones() -> None:
    monthly = rule_from(date(2026, 1, 31), 31)
    dearer = rule_from(date(2026, 4, 10), 10, Interval.QUARTERLY, from_sequence=3, amount=Decimal(80))

    plan = list(schedules.expected_dues([monthly, dearer], ends_after=5))

    assert [(due.sequence, due.due_date.isoformat(), due.amount) for due in plan] == [
        (1, "2026-01-31", AMOUNT),
        (2, "2026-02-28", AMOUNT),
        (3, "2026-04-10", Decimal(80)),
        (4, "2026-07-10", Decimal(80)),
        (5, "2026-10-10", Decimal(80)),
    ]
    assert schedules.rule_at([monthly, dearer], 2) is monthly
    assert schedules.rule_at([monthly, dearer], 3) is dearer


def test_a_fixed_plan_with_a_changed_amount_still_sums_to_its_total() -> None:
    first = rule_from(date(2026, 1, 5), amount=Decimal(100))
    smaller = rule_from(date(2026, 4, 5), from_sequence=4, amount=Decimal(40))

    plan = list(schedules.expected_dues([first, smaller], total=Decimal(500)))

    assert [due.amount for due in plan] == [Decimal(100)] * 3 + [Decimal(40)] * 5
    assert plan[-1].due_date == date(2026, 8, 5)


def test_custom_payments_are_ordered_by_date_and_two_on_a_day_keep_their_order() -> None:
    payments = [
        (date(2026, 3, 1), Decimal(1), "later"),
        (date(2026, 1, 1), Decimal(2), "first of the day"),
        (date(2026, 1, 1), Decimal(3), "second of the day"),
    ]

    plan = schedules.custom(payments)

    assert [due.description for due in plan] == ["first of the day", "second of the day", "later"]
    assert [due.sequence for due in plan] == [1, 2, 3]
