"""Open-ended plans keep a horizon ahead, whatever their interval, terms and ends."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Merchant
from subscriptions.changes import NewTerms, Pause
from subscriptions.models import Installment, Subscription
from subscriptions.schedules import NEVER, Interval
from subscriptions.services import extend_open_ended
from tests.factories import make_merchant, make_subscription
from tests.subscriptions.calendars import walked
from tests.subscriptions.plans import HORIZON, NOON, change, dates_of, derived, on, schedule_of, stored

pytestmark = pytest.mark.django_db

Type = Subscription.Type


@pytest.mark.parametrize("interval", list(Interval))
def test_a_standstill_of_three_years_is_made_up_in_full(interval: Interval) -> None:
    merchant = make_merchant()
    day = None if interval is Interval.WEEKLY else 31
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, interval=interval, payment_day=day)

    extend_open_ended(merchant=merchant, horizon=HORIZON, now=on("2029-01-01"))

    until = date(2029, 1, 1) + HORIZON
    calendar = walked(date(2026, 1, 1), interval=interval, payment_day=day, many=200)
    assert dates_of(plan) == [due.isoformat() for due in calendar if due <= until]
    assert extend_open_ended(merchant=merchant, horizon=HORIZON, now=on("2029-01-01")) == 0


def test_extended_day_by_day_in_small_chunks_it_is_the_same_as_at_once() -> None:
    small, large = make_merchant("small"), make_merchant("large")
    for merchant in (small, large):
        for payment_day in (1, 15, 31):
            make_subscription(merchant, Type.OPEN_ENDED, now=NOON, payment_day=payment_day)

    for days in range(0, 120, 7):
        extend_open_ended(merchant=small, horizon=HORIZON, now=NOON + timedelta(days=days), chunk=1)
    extend_open_ended(merchant=large, horizon=HORIZON, now=NOON + timedelta(days=119))

    assert [dates_of(plan) for plan in small.subscriptions.order_by("pk")] == [
        dates_of(plan) for plan in large.subscriptions.order_by("pk")
    ]


def test_out_of_time_it_leaves_the_rest_behind_for_the_next_to_go_on() -> None:
    hurried, patient = make_merchant("hurried"), make_merchant("patient")
    for merchant in (hurried, patient):
        for payment_day in (1, 15, 31):
            make_subscription(merchant, Type.OPEN_ENDED, now=NOON, payment_day=payment_day)
    whole = extend_open_ended(merchant=patient, horizon=HORIZON * 2, now=NOON)

    made = [extend_open_ended(merchant=hurried, horizon=HORIZON * 2, now=NOON, chunk=1, seconds=0) for _ in range(4)]

    assert all(made[:3])
    assert (sum(made), made[3]) == (whole, 0)
    assert [dates_of(plan) for plan in hurried.subscriptions.order_by("pk")] == [
        dates_of(plan) for plan in patient.subscriptions.order_by("pk")
    ]


def test_a_plan_goes_on_under_the_terms_it_has_now() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, payment_day=10)
    change(plan, NewTerms(from_sequence=3, amount=Decimal(90), interval=Interval.QUARTERLY, payment_day=31))

    extend_open_ended(merchant=merchant, horizon=timedelta(days=365), now=NOON)

    assert [(day, amount) for _, day, amount, _ in schedule_of(plan)] == [
        ("2026-01-10", "25"),
        ("2026-02-10", "25"),
        ("2026-03-31", "90"),
        ("2026-06-30", "90"),
        ("2026-09-30", "90"),
        ("2026-12-31", "90"),
    ]
    assert stored(plan) == derived(plan)


def test_at_its_end_a_plan_is_never_looked_at_again() -> None:
    merchant = make_merchant()
    after = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, payment_day=10, ends_after=5)
    by_date = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, payment_day=10, ends_on=date(2026, 6, 10))

    extend_open_ended(merchant=merchant, horizon=timedelta(days=900), now=NOON)

    after.refresh_from_db()
    by_date.refresh_from_db()
    assert (after.last_sequence, after.scheduled_until) == (5, NEVER)
    assert (by_date.last_sequence, by_date.scheduled_until) == (6, NEVER)


def test_paused_plans_and_those_of_other_merchants_are_left_alone() -> None:
    merchant, stranger = make_merchant(), make_merchant("stranger")
    paused = make_subscription(merchant, Type.OPEN_ENDED, now=NOON)
    make_subscription(stranger, Type.OPEN_ENDED, now=NOON)
    change(paused, Pause())
    before = Installment.objects.count()

    assert extend_open_ended(merchant=merchant, horizon=timedelta(days=900), now=NOON) == 0

    assert Installment.objects.count() == before


def test_the_database_is_not_asked_once_for_each_plan() -> None:
    few, many = make_merchant("few"), make_merchant("many")
    for merchant, count in ((few, 4), (many, 40)):
        for _ in range(count):
            make_subscription(merchant, Type.OPEN_ENDED, now=NOON)

    queries = [_queries(merchant) for merchant in (few, many)]

    # SQLite takes the rows of forty in two statements.
    assert queries[1] <= queries[0] + 1


def _queries(merchant: Merchant) -> int:
    with CaptureQueriesContext(connection) as captured:
        extend_open_ended(merchant=merchant, horizon=HORIZON * 2, now=NOON)
    return len(captured)
