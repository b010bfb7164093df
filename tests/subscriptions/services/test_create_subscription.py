"""What staff may state about a new subscription beyond the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from subscriptions.limits import NothingToSchedule, TooManyPayments
from subscriptions.models import Subscription
from subscriptions.schedules import NEVER, Interval
from tests.factories import make_merchant, make_subscription
from tests.subscriptions.plans import NOON, dates_of, derived, stored

pytestmark = pytest.mark.django_db

Type = Subscription.Type


def test_the_first_payment_is_due_on_or_after_the_start() -> None:
    plan = make_subscription(make_merchant(), now=NOON, start_date=date(2026, 3, 6), payment_day=5)

    assert dates_of(plan)[:2] == ["2026-04-05", "2026-05-05"]
    assert plan.anchor_date == date(2026, 4, 5)


def test_the_first_period_may_be_free() -> None:
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, now=NOON, payment_day=31, skip_first=True)

    assert dates_of(plan)[:2] == ["2026-02-28", "2026-03-31"]
    assert stored(plan) == derived(plan)


def test_a_weekly_plan_is_due_on_the_weekday_it_starts() -> None:
    weekly = {"interval": Interval.WEEKLY, "payment_day": None}
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, now=NOON, start_date=date(2026, 1, 4), **weekly)

    assert dates_of(plan)[:3] == ["2026-01-04", "2026-01-11", "2026-01-18"]


def test_a_fixed_total_may_be_paid_by_the_quarter() -> None:
    plan = make_subscription(
        make_merchant(), now=NOON, interval=Interval.QUARTERLY, monthly_payment=Decimal(500), payment_day=31
    )

    assert dates_of(plan) == ["2026-01-31", "2026-04-30", "2026-07-31"]
    assert stored(plan) == derived(plan)


def test_an_open_ended_plan_that_ends_soon_is_scheduled_to_its_end() -> None:
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, now=NOON, ends_after=2, channel="EMAIL")

    assert len(dates_of(plan)) == 2
    assert (plan.scheduled_until, plan.channel) == (NEVER, "EMAIL")


@pytest.mark.parametrize(
    ("type_", "stated", "refusal"),
    [
        (Type.OPEN_ENDED, {"ends_on": date(2025, 12, 31)}, NothingToSchedule),
        (Type.CUSTOM_SCHEDULE, {"custom_installments": ()}, NothingToSchedule),
        (Type.FIXED_MONTHLY, {"monthly_payment": Decimal("1.999")}, TooManyPayments),
    ],
)
def test_a_plan_without_a_payment_or_with_too_many_is_not_made(
    type_: Type, stated: dict[str, object], refusal: type[Exception]
) -> None:
    merchant = make_merchant()

    with pytest.raises(refusal):
        make_subscription(merchant, type_, now=NOON, **stated)

    assert not merchant.subscriptions.exists()
    assert not merchant.customers.exists()
