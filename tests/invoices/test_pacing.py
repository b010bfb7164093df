"""The pace after an outage: it begins slowly, never exceeds the ceiling, and no pause ends in a burst."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.pacing import RAMP, book_calls, calls_a_second

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    ("recovering_for", "rate"),
    [(timedelta(0), 1.0), (RAMP / 2, 5.0), (RAMP, 10.0), (timedelta(hours=5), 10.0)],
)
def test_the_rate_grows_to_the_ceiling(recovering_for: timedelta, rate: float) -> None:
    assert calls_a_second(recovering_for=recovering_for, ceiling=10.0) == rate


def test_a_ceiling_below_one_a_second_is_kept_from_the_start() -> None:
    assert calls_a_second(recovering_for=timedelta(0), ceiling=0.5) == 0.5


def book(*, wanted: int, booked_until: datetime | None, now: datetime = NOON) -> tuple[int, datetime]:
    return book_calls(wanted=wanted, ceiling=10, recovering_since=LONG_AGO, booked_until=booked_until, now=now)


def test_the_first_call_begins_at_once_and_the_next_a_tenth_of_a_second_later() -> None:
    assert book(wanted=8, booked_until=None) == (1, NOON + timedelta(milliseconds=100))


def test_before_its_time_nothing_begins() -> None:
    later = NOON + timedelta(milliseconds=40)

    assert book(wanted=8, booked_until=later) == (0, later)


def test_a_long_pause_does_not_end_in_a_burst() -> None:
    assert book(wanted=8, booked_until=LONG_AGO) == (2, NOON + timedelta(milliseconds=100))


def test_a_worker_a_little_late_makes_up_for_it() -> None:
    a_little_ago = NOON - timedelta(milliseconds=60)

    assert book(wanted=8, booked_until=a_little_ago) == (1, a_little_ago + timedelta(milliseconds=100))


@given(
    ceiling=st.floats(min_value=0.5, max_value=500),
    pauses=st.lists(st.integers(min_value=0, max_value=3_000), min_size=1, max_size=60),
    wanted=st.integers(min_value=1, max_value=64),
)
def test_over_any_time_no_more_begin_than_the_ceiling_allows(ceiling: float, pauses: list[int], wanted: int) -> None:
    now, booked_until, begun = NOON, None, 0

    for pause in pauses:
        now += timedelta(milliseconds=pause)
        count, booked_until = book_calls(
            wanted=wanted, ceiling=ceiling, recovering_since=NOON, booked_until=booked_until, now=now
        )
        assert 0 <= count <= wanted
        begun += count

    assert begun <= ceiling * ((now - NOON).total_seconds() + 0.1) + 2
