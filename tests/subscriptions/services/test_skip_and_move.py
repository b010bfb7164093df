"""One installment skipped, or a custom one put on another day."""

from __future__ import annotations

from datetime import date

import pytest

from billing.models import Event
from subscriptions.changes import MoveInstallment, SkipInstallment
from subscriptions.changes.moving import OnlyCustomDatesMove
from subscriptions.changes.plans import InstallmentNotOpen, SubscriptionEnded
from subscriptions.models import Subscription
from subscriptions.services import cancel_subscription
from tests.factories import make_merchant, make_subscription
from tests.subscriptions.plans import (
    ACTOR,
    NOON,
    change,
    dates_of,
    derived,
    make_past,
    on,
    rehearsed,
    schedule_of,
    stored,
    warned,
)

pytestmark = pytest.mark.django_db

Type = Subscription.Type


def test_a_skipped_payment_of_a_fixed_total_comes_one_month_later_with_all_after_it() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 1, 2)

    change(plan, SkipInstallment(sequence=3), now=on("2026-02-20"))

    assert dates_of(plan)[1:4] == ["2026-02-05", "2026-04-05", "2026-05-05"]
    assert len(dates_of(plan)) == 12
    assert sum(row.amount for row in plan.installments.all()) == plan.total_amount
    assert stored(plan) == derived(plan)


def test_a_skipped_period_of_an_open_ended_plan_is_waived_and_no_other_moves() -> None:
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, now=NOON)
    before = schedule_of(plan)

    outcome = rehearsed(plan, SkipInstallment(sequence=2))
    change(plan, SkipInstallment(sequence=2), rehearsed=outcome.fingerprint)

    assert schedule_of(plan) == [before[0], (*before[1][:3], "SKIPPED"), *before[2:]]
    assert stored(plan) == derived(plan)


def test_the_sum_of_a_custom_schedule_falls_by_what_is_skipped_and_says_so() -> None:
    plan = make_subscription(make_merchant(), Type.CUSTOM_SCHEDULE, now=NOON)

    outcome = rehearsed(plan, SkipInstallment(sequence=2))

    assert (outcome.sum_before, outcome.sum_after) == (900, 600)
    assert warned(outcome) == ["SUM"]


def test_the_last_open_payment_skipped_completes_the_plan() -> None:
    plan = make_subscription(make_merchant(), Type.CUSTOM_SCHEDULE, now=NOON)
    for sequence in (1, 2):
        paid = {"status": "PAID", "amount_paid": "300", "paid_at": NOON}
        make_past(plan, sequence, **paid)

    change(plan, SkipInstallment(sequence=3))

    assert plan.status == Subscription.Status.COMPLETED


@pytest.mark.parametrize(
    "past",
    [
        {"status": "INVOICED"},
        {"status": "SKIPPED"},
        {"status": "CANCELLED"},
        {"status": "PAID", "amount_paid": "100", "paid_at": NOON},
        {"amount_paid": "1"},
    ],
)
def test_what_is_past_is_not_skipped(past: dict[str, object]) -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 3, **past)
    before = schedule_of(plan)

    with pytest.raises(InstallmentNotOpen):
        change(plan, SkipInstallment(sequence=3))

    assert schedule_of(plan) == before
    assert not Event.objects.filter(name="skipped").exists()


def test_a_custom_date_moves_and_the_past_and_the_weekend_are_warned_about() -> None:
    plan = make_subscription(make_merchant(), Type.CUSTOM_SCHEDULE, now=NOON)
    to_friday = MoveInstallment(sequence=2, due_date=date(2026, 3, 13))

    outcome = rehearsed(plan, to_friday)
    change(plan, to_friday, rehearsed=outcome.fingerprint)

    assert dates_of(plan) == ["2025-12-10", "2026-03-13", "2026-06-10"]
    assert warned(outcome) == ["WEEKEND"]
    assert warned(rehearsed(plan, MoveInstallment(sequence=2, due_date=date(2025, 12, 10)))) == [
        "PAST_DATE",
        "SAME_DAY",
    ]


def test_the_timeline_says_what_was_and_what_is() -> None:
    plan = make_subscription(make_merchant(), Type.CUSTOM_SCHEDULE, now=NOON)

    change(plan, MoveInstallment(sequence=3, due_date=date(2026, 7, 1)))

    event = Event.objects.get(name="moved")
    assert event.actor == ACTOR
    assert event.details["installments"] == [
        [3, ["2026-06-10", "300.000", "SCHEDULED"], ["2026-07-01", "300.000", "SCHEDULED"]]
    ]
    assert event.details["columns"] == {"scheduled_until": ["2026-06-10", "2026-07-01"]}


def test_dates_of_a_plan_with_a_rule_are_not_moved_one_by_one() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    before = schedule_of(plan)

    with pytest.raises(OnlyCustomDatesMove):
        change(plan, MoveInstallment(sequence=3, due_date=date(2026, 7, 1)))

    assert schedule_of(plan) == before


def test_nothing_of_a_cancelled_plan_is_skipped() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    cancel_subscription(merchant_id=plan.merchant_id, subscription_id=plan.pk, actor=ACTOR, now=NOON)
    before = schedule_of(plan)

    with pytest.raises(SubscriptionEnded):
        change(plan, SkipInstallment(sequence=3))

    assert schedule_of(plan) == before
