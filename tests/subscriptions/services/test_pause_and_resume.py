"""Pausing a plan, and resuming it with its dates kept or moved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from subscriptions.changes import Pause, Resume
from subscriptions.models import Subscription
from subscriptions.schedules import Interval
from subscriptions.services import SubscriptionNotActive, SubscriptionNotPaused
from tests.factories import make_merchant, make_subscription
from tests.subscriptions.plans import NOON, change, dates_of, derived, make_past, on, rehearsed, schedule_of, stored

pytestmark = pytest.mark.django_db

Type = Subscription.Type


def test_dates_are_kept_unless_they_are_to_be_moved() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    before = schedule_of(plan)

    change(plan, Pause(), now=on("2026-02-01"))
    change(plan, Resume(), now=on("2026-04-20"))

    assert schedule_of(plan) == before
    assert plan.status == Subscription.Status.ACTIVE
    assert plan.paused_at is None


def test_moved_dates_skip_the_payment_days_of_the_pause_and_the_past_stays() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 1)

    change(plan, Pause(), now=on("2026-01-20"))
    change(plan, Resume(shifts_dates=True), now=on("2026-04-20"))

    assert dates_of(plan)[:4] == ["2026-01-05", "2026-05-05", "2026-06-05", "2026-07-05"]
    assert len(dates_of(plan)) == 12
    assert stored(plan) == derived(plan)


def test_a_pause_without_a_payment_day_in_it_moves_nothing() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    before = schedule_of(plan)

    change(plan, Pause(), now=on("2026-01-10"))
    change(plan, Resume(shifts_dates=True), now=on("2026-02-05"))

    assert schedule_of(plan) == before
    assert not plan.terms.exists()


def test_a_31st_stays_a_31st_after_the_pause() -> None:
    plan = make_subscription(make_merchant(), now=NOON, payment_day=31)
    make_past(plan, 1)

    change(plan, Pause(), now=on("2026-02-10"))
    change(plan, Resume(shifts_dates=True), now=on("2026-03-01"))

    assert dates_of(plan)[:4] == ["2026-01-31", "2026-03-31", "2026-04-30", "2026-05-31"]


def test_a_quarterly_plan_moves_by_months_and_a_weekly_one_by_weeks() -> None:
    merchant = make_merchant()
    terms = {"recurring_amount": Decimal(25), "now": NOON}
    quarterly = make_subscription(merchant, Type.OPEN_ENDED, interval=Interval.QUARTERLY, payment_day=10, **terms)
    weekly = make_subscription(merchant, Type.OPEN_ENDED, interval=Interval.WEEKLY, payment_day=None, **terms)

    for plan in (quarterly, weekly):
        make_past(plan, 1)
        change(plan, Pause(), now=on("2026-01-20"))
        change(plan, Resume(shifts_dates=True), now=on("2026-03-15"))

    assert dates_of(quarterly)[:2] == ["2026-01-10", "2026-06-10"]
    assert dates_of(weekly)[:4] == ["2026-01-01", "2026-01-08", "2026-01-15", "2026-03-19"]
    assert stored(quarterly) == derived(quarterly)
    assert stored(weekly) == derived(weekly)


def test_custom_dates_move_by_the_days_of_the_pause() -> None:
    plan = make_subscription(make_merchant(), Type.CUSTOM_SCHEDULE, now=NOON)
    make_past(plan, 1)

    change(plan, Pause(), now=on("2026-02-01"))
    change(plan, Resume(shifts_dates=True), now=on("2026-02-11"))

    assert dates_of(plan) == ["2025-12-10", "2026-03-20", "2026-06-20"]


def test_an_installment_invoiced_ahead_keeps_its_place_between_the_moved_ones() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 1, 4)

    change(plan, Pause(), now=on("2026-01-20"))
    change(plan, Resume(shifts_dates=True), now=on("2026-03-20"))

    assert dates_of(plan)[:6] == [
        "2026-01-05",
        "2026-04-05",
        "2026-05-05",
        "2026-04-05",
        "2026-07-05",
        "2026-08-05",
    ]
    assert stored(plan) == derived(plan)


def test_only_an_active_plan_pauses_and_only_a_paused_one_resumes() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    before = schedule_of(plan)

    with pytest.raises(SubscriptionNotPaused):
        change(plan, Resume(shifts_dates=True))
    change(plan, Pause())
    with pytest.raises(SubscriptionNotActive):
        rehearsed(plan, Pause())

    assert schedule_of(plan) == before


def test_a_rehearsal_changes_nothing() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    change(plan, Pause(), now=NOON)
    before = schedule_of(plan)

    outcome = rehearsed(plan, Resume(shifts_dates=True), now=on("2026-03-20"))

    plan.refresh_from_db()
    assert outcome.after[0].due_date == date(2026, 4, 5)
    assert schedule_of(plan) == before
    assert plan.status == Subscription.Status.PAUSED
