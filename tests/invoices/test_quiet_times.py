"""Quiet hours and weekends by the clock on the merchant's wall, also on the nights when it is changed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.quiet_times import QuietTimes

AMMAN, CAIRO, BEIRUT = ZoneInfo("Asia/Amman"), ZoneInfo("Africa/Cairo"), ZoneInfo("Asia/Beirut")
FRIDAY, SATURDAY = 5, 6
# Days on which the clock is changed: Cairo's midnight, and Beirut's, are skipped in spring and come twice in autumn.
CHANGES = [
    (CAIRO, datetime(2026, 4, 24, tzinfo=UTC)),
    (CAIRO, datetime(2026, 10, 30, tzinfo=UTC)),
    (BEIRUT, datetime(2026, 3, 29, tzinfo=UTC)),
    (BEIRUT, datetime(2026, 10, 25, tzinfo=UTC)),
]


def quiet(
    zone: ZoneInfo = AMMAN,
    begin: time | None = time(21),
    end: time | None = time(8),
    days: frozenset[int] = frozenset(),
) -> QuietTimes:
    return QuietTimes(zone=zone, quiet_from=begin, quiet_until=end, days=days)


def local(text: str, zone: ZoneInfo = AMMAN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-03 20:59", "2026-03-03 20:59"),
        ("2026-03-03 21:00", "2026-03-04 08:00"),
        ("2026-03-03 23:59", "2026-03-04 08:00"),
        ("2026-03-04 00:00", "2026-03-04 08:00"),
        ("2026-03-04 07:59", "2026-03-04 08:00"),
        ("2026-03-04 08:00", "2026-03-04 08:00"),
    ],
)
def test_a_quiet_night_ends_in_the_morning(at: str, opens: str) -> None:
    assert quiet().end_after(local(at)) == local(opens)


@pytest.mark.parametrize(
    ("at", "opens"),
    [("12:59", "12:59"), ("13:00", "15:30"), ("15:29", "15:30"), ("15:30", "15:30")],
)
def test_a_quiet_afternoon_ends_the_same_day(at: str, opens: str) -> None:
    afternoon = quiet(begin=time(13), end=time(15, 30))

    assert afternoon.end_after(local(f"2026-03-03 {at}")) == local(f"2026-03-03 {opens}")


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-03-05 23:59", "2026-03-05 23:59"),  # a Thursday
        ("2026-03-06 00:00", "2026-03-08 00:00"),
        ("2026-03-07 12:00", "2026-03-08 00:00"),
    ],
)
def test_a_quiet_weekend_ends_at_midnight(at: str, opens: str) -> None:
    weekend = quiet(begin=None, end=None, days=frozenset({FRIDAY, SATURDAY}))

    assert weekend.end_after(local(at)) == local(opens)


def test_a_quiet_night_before_and_after_a_quiet_weekend_is_one_long_quiet() -> None:
    both = quiet(days=frozenset({FRIDAY, SATURDAY}))

    assert both.end_after(local("2026-03-05 21:00")) == local("2026-03-08 08:00")


@pytest.mark.parametrize("hours", [(None, None), (time(9), None), (None, time(9)), (time(9), time(9))])
def test_hours_that_are_not_both_set_or_are_the_same_are_none(hours: tuple[time | None, time | None]) -> None:
    begin, end = hours

    assert not quiet(begin=begin, end=end).are_on(local("2026-03-03 09:00"))


def test_where_the_clock_skips_the_end_it_is_quiet_up_to_the_skip() -> None:
    until_half_past_midnight = quiet(CAIRO, begin=time(22), end=time(0, 30))

    opens = until_half_past_midnight.end_after(local("2026-04-23 23:00", CAIRO))

    assert opens == local("2026-04-24 01:00", CAIRO)
    assert opens == datetime(2026, 4, 23, 22, tzinfo=UTC)


def test_the_day_after_a_weekend_begins_at_one_where_there_is_no_midnight() -> None:
    saturday = quiet(BEIRUT, begin=None, end=None, days=frozenset({SATURDAY}))

    assert saturday.end_after(local("2026-03-28 12:00", BEIRUT)) == local("2026-03-29 01:00", BEIRUT)


def test_an_hour_that_comes_twice_is_quiet_twice() -> None:
    late = quiet(CAIRO, begin=time(23), end=time(23, 30))
    first = datetime(2026, 10, 29, 20, 10, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert [instant.astimezone(CAIRO).time() for instant in (first, second)] == [time(23, 10), time(23, 10)]

    assert late.end_after(first) == datetime(2026, 10, 29, 20, 30, tzinfo=UTC)
    assert late.end_after(second) == datetime(2026, 10, 29, 21, 30, tzinfo=UTC)


@given(
    change=st.sampled_from(CHANGES),
    minutes=st.integers(min_value=-3 * 24 * 60, max_value=3 * 24 * 60),
    begin=st.times(),
    end=st.times(),
    days=st.sampled_from([frozenset(), frozenset({5}), frozenset({5, 6}), frozenset({6, 7})]),
)
def test_the_end_is_the_first_instant_that_is_not_quiet(
    change: tuple[ZoneInfo, datetime], minutes: int, begin: time, end: time, days: frozenset[int]
) -> None:
    zone, day = change
    begin, end = begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    times = QuietTimes(zone=zone, quiet_from=begin, quiet_until=end, days=days)
    instant = day + timedelta(minutes=minutes)

    opens = times.end_after(instant)

    assert not times.are_on(opens)
    while instant < opens:
        assert times.are_on(instant)
        instant += timedelta(minutes=7)
    if opens > day + timedelta(minutes=minutes):
        assert times.are_on(opens - timedelta(seconds=1))
