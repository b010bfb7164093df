"""The days of a document's reminders, as a plain function."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoices.reminder_dates import LATE_AT_MOST, History, PlannedReminder, Step, reminder_dates

DUE = date(2026, 12, 10)  # a Thursday
FRIDAY_AND_SATURDAY = frozenset({5, 6})
PLAN = [Step(days=days, channel="GATEWAY") for days in (-3, 0, 3, 7)]


def days_of(planned: list[PlannedReminder]) -> list[tuple[str, int]]:
    return [(f"{each.on_date:%d %b}", each.days) for each in planned]


def plan(
    *, today: date = date(2026, 12, 1), at_most: int = 5, history: History | None = None, **kwargs: object
) -> object:
    values = {"due_date": DUE, "steps": PLAN, "at_most": at_most, "history": history or History(), "not_before": today}
    return days_of(reminder_dates(**values | kwargs))  # type: ignore[arg-type]


def test_each_step_falls_so_many_days_from_the_due_date() -> None:
    assert plan() == [("07 Dec", -3), ("10 Dec", 0), ("13 Dec", 3), ("17 Dec", 7)]


def test_the_order_in_which_the_steps_were_written_does_not_matter() -> None:
    assert plan(steps=PLAN[::-1]) == plan()


def test_no_more_than_the_number_allowed() -> None:
    assert plan(at_most=2) == [("07 Dec", -3), ("10 Dec", 0)]
    assert plan(at_most=2, history=History(last_message_on=date(2026, 12, 7), last_days=-3, count=1)) == [("10 Dec", 0)]
    assert plan(at_most=0) == []


def test_after_a_standstill_only_the_latest_step_is_left() -> None:
    assert plan(today=date(2026, 12, 15)) == [("15 Dec", 3), ("17 Dec", 7)]
    assert plan(today=date(2026, 12, 27)) == [("27 Dec", 7)]


def test_a_step_very_late_is_never_sent() -> None:
    assert plan(today=date(2026, 12, 17) + LATE_AT_MOST) == [("15 Feb", 7)]
    assert plan(today=date(2026, 12, 18) + LATE_AT_MOST) == []


def test_a_promise_puts_off_and_gathers_what_falls_before_its_end() -> None:
    assert plan(promised_until=date(2026, 12, 12)) == [("13 Dec", 3), ("17 Dec", 7)]
    assert plan(promised_until=date(2026, 12, 20)) == [("21 Dec", 7)]


def test_a_quiet_weekend_moves_a_step_to_the_next_working_day() -> None:
    steps = [Step(days=1, channel="EMAIL"), Step(days=2, channel="GATEWAY")]

    planned = reminder_dates(
        due_date=DUE,
        steps=steps,
        at_most=5,
        history=History(),
        not_before=DUE,
        quiet_weekdays=FRIDAY_AND_SATURDAY,
    )

    assert planned == [PlannedReminder(on_date=date(2026, 12, 13), days=2, channel="GATEWAY")]


def test_the_invoices_own_message_stands_for_the_steps_before_it() -> None:
    assert plan(history=History(last_message_on=date(2026, 12, 7))) == [("10 Dec", 0), ("13 Dec", 3), ("17 Dec", 7)]


def test_a_plan_is_never_gone_through_again_when_the_due_date_moves() -> None:
    reminded = History(last_message_on=date(2026, 12, 10), last_days=0, count=2)

    assert plan(due_date=date(2027, 1, 10), history=reminded) == [("13 Jan", 3), ("17 Jan", 7)]


some_steps = st.lists(st.integers(-60, 365), unique=True, max_size=8).map(
    lambda days: [Step(days=each, channel="GATEWAY") for each in days]
)
some_day = st.dates(date(2026, 1, 1), date(2026, 12, 31))
weekends = st.sampled_from([frozenset[int](), frozenset({5}), frozenset({5, 6}), frozenset({6, 7})])
promises = st.none() | some_day


@settings(deadline=None)
@given(steps=some_steps, due_date=some_day, start=some_day, at_most=st.integers(0, 6), quiet=weekends, promise=promises)
def test_what_is_previewed_is_what_is_sent_day_by_day(
    steps: list[Step], due_date: date, start: date, at_most: int, quiet: frozenset[int], promise: date | None
) -> None:
    rules = {"due_date": due_date, "steps": steps, "at_most": at_most}
    rules |= {"promised_until": promise, "quiet_weekdays": quiet}
    previewed = reminder_dates(history=History(), not_before=start, **rules)  # type: ignore[arg-type]

    sent: list[PlannedReminder] = []
    for today in (start + timedelta(days=n) for n in range(900)):
        last = sent[-1] if sent else None
        history = History(
            last_message_on=last.on_date if last else None, last_days=last.days if last else None, count=len(sent)
        )
        coming = reminder_dates(history=history, not_before=today, **rules)  # type: ignore[arg-type]
        sent += [each for each in coming if each.on_date == today]

    assert sent == previewed
    assert len({each.on_date for each in sent}) == len(sent) <= at_most
    assert all(each.on_date.isoweekday() not in quiet for each in sent)
    assert promise is None or all(each.on_date > promise for each in sent)


@settings(deadline=None)
@given(steps=some_steps, due_date=some_day, back=some_day, standstill=st.integers(1, 400), quiet=weekends)
@pytest.mark.parametrize("at_most", [1, 5])
def test_the_first_day_after_any_standstill_has_one_reminder_at_most_and_it_is_the_latest(
    at_most: int, steps: list[Step], due_date: date, back: date, standstill: int, quiet: frozenset[int]
) -> None:
    before = History(last_message_on=back - timedelta(days=standstill))

    planned = reminder_dates(
        due_date=due_date, steps=steps, at_most=at_most, history=before, not_before=back, quiet_weekdays=quiet
    )

    passed = [step.days for step in steps if due_date + timedelta(days=step.days) <= back]
    late = [each for each in planned if due_date + timedelta(days=each.days) < back]
    assert len(late) <= 1
    assert all(each.days >= max(passed) for each in late)
