"""A plan given another end, cancelled now or at the end of its period, or settled early."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Event
from subscriptions.changes import CancelAtEnd, CancelNow, Edit, NewEnd, Pause, SettleEarly, SkipInstallment
from subscriptions.changes.ending import (
    DiscountTooLarge,
    HasItsOwnEnd,
    NoPeriodHasBegun,
    NotActiveToSettle,
    NothingLeftToSettle,
    OpenEndedHasNoRemainder,
)
from subscriptions.changes.plans import AlreadySettledEarly
from subscriptions.changes.replanning import PastWouldChange
from subscriptions.changes.terms import NothingChanges, NotOpenEnded
from subscriptions.limits import NothingToSchedule
from subscriptions.models import Subscription
from subscriptions.services import extend_open_ended, settle_installment
from tests.factories import make_merchant, make_subscription
from tests.subscriptions.plans import (
    ACTOR,
    HORIZON,
    NOON,
    change,
    dates_of,
    derived,
    make_past,
    on,
    rehearsed,
    schedule_of,
    stored,
)

pytestmark = pytest.mark.django_db

Type = Subscription.Type
Status = Subscription.Status
# An extension that would find anything missing would find it this far ahead.
FAR = HORIZON * 20


def test_an_end_drops_what_lies_beyond_it_and_nothing_is_scheduled_any_more() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, payment_day=10)

    change(plan, NewEnd(ends_on=date(2026, 3, 9)))

    assert dates_of(plan) == ["2026-01-10", "2026-02-10"]
    assert extend_open_ended(merchant=merchant, horizon=FAR, now=NOON) == 0


def test_a_later_end_schedules_what_was_missing_to_it() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, payment_day=10, ends_after=2)

    change(plan, NewEnd(ends_after=3))

    assert dates_of(plan) == ["2026-01-10", "2026-02-10", "2026-03-10"]
    assert extend_open_ended(merchant=merchant, horizon=FAR, now=NOON) == 0
    assert stored(plan) == derived(plan)


def test_a_plan_long_ended_goes_on_from_today_and_asks_for_nothing_in_between() -> None:
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, now=NOON, payment_day=31, ends_after=2)
    make_past(plan, 1, 2)

    change(plan, NewEnd(ends_after=4), now=on("2027-02-10"))

    assert dates_of(plan) == ["2026-01-31", "2026-02-28", "2027-02-28", "2027-03-31"]
    assert stored(plan) == derived(plan)


def test_an_end_taken_away_lets_the_plan_go_on() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, payment_day=10, ends_after=2)

    change(plan, NewEnd())

    assert len(dates_of(plan)) == 3
    assert extend_open_ended(merchant=merchant, horizon=FAR, now=NOON) > 50


def test_an_open_ended_plan_with_an_end_completes_when_all_of_it_is_paid() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, ends_after=2)

    for row in plan.installments.all():
        assert plan.status == Status.ACTIVE
        settle_installment(merchant_id=merchant.pk, installment_id=row.pk, amount=row.amount, actor=ACTOR, now=NOON)
        plan.refresh_from_db()

    assert plan.status == Status.COMPLETED


def test_an_open_ended_plan_without_an_end_never_completes() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON)

    for row in plan.installments.all():
        settle_installment(merchant_id=merchant.pk, installment_id=row.pk, amount=row.amount, actor=ACTOR, now=NOON)

    plan.refresh_from_db()
    assert plan.status == Status.ACTIVE


def test_cancelled_now_drops_only_what_nobody_was_asked_for() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 1)
    make_past(plan, 2, amount_paid="10")

    change(plan, CancelNow())

    statuses = [status for *_, status in schedule_of(plan)]
    assert statuses == ["INVOICED"] + ["CANCELLED"] * 11
    assert plan.installments.get(sequence=2).amount_paid == 10
    assert plan.status == Status.CANCELLED
    assert plan.cancelled_at == NOON


def test_cancelled_at_the_end_the_current_period_is_the_last() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, payment_day=10)
    make_past(plan, 1)

    change(plan, CancelAtEnd(), now=on("2026-02-15"))

    assert dates_of(plan) == ["2026-01-10", "2026-02-10"]
    assert plan.status == Status.ACTIVE
    assert extend_open_ended(merchant=merchant, horizon=FAR, now=on("2026-02-15")) == 0
    with pytest.raises(NothingChanges):
        change(plan, CancelAtEnd(), now=on("2026-02-15"))


def test_cancelled_at_the_end_of_a_paid_period_the_plan_is_complete_at_once() -> None:
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, now=NOON, payment_day=1)
    make_past(plan, 1, status="PAID", amount_paid="25", paid_at=NOON)

    change(plan, CancelAtEnd(), now=on("2026-01-15"))

    assert plan.status == Status.COMPLETED


def test_settled_early_one_last_payment_stands_for_all_that_was_not_asked_for() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 1)
    edit = SettleEarly(discount=Decimal(50), description="Early settlement")

    outcome = rehearsed(plan, edit)
    change(plan, edit, rehearsed=outcome.fingerprint)

    assert schedule_of(plan)[-1] == (13, "2026-01-01", "1050", "SCHEDULED")
    assert {status for *_, status in schedule_of(plan)[1:-1]} == {"CANCELLED"}
    assert (plan.discount_amount, plan.settled_early_at) == (50, NOON)
    assert (outcome.sum_before, outcome.sum_after) == (1200, 1150)
    assert plan.installments.get(sequence=13).description == "Early settlement"


def test_the_last_payment_of_a_plan_settled_early_completes_it() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.CUSTOM_SCHEDULE, now=NOON)
    change(plan, SettleEarly())
    last = plan.installments.get(sequence=4)

    settle_installment(merchant_id=merchant.pk, installment_id=last.pk, amount=Decimal(900), actor=ACTOR, now=NOON)

    plan.refresh_from_db()
    assert plan.status == Status.COMPLETED


def test_nothing_changes_after_an_early_settlement() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    change(plan, SettleEarly())
    before = schedule_of(plan)

    for edit in (SettleEarly(), SkipInstallment(sequence=13)):
        with pytest.raises(AlreadySettledEarly):
            change(plan, edit)

    assert schedule_of(plan) == before


@pytest.mark.parametrize(
    ("type_", "edit", "refusal"),
    [
        (Type.FIXED_MONTHLY, NewEnd(ends_after=3), NotOpenEnded),
        (Type.FIXED_MONTHLY, CancelAtEnd(), HasItsOwnEnd),
        (Type.FIXED_MONTHLY, SettleEarly(discount=Decimal(1200)), DiscountTooLarge),
        (Type.FIXED_MONTHLY, SettleEarly(discount=Decimal(-1)), DiscountTooLarge),
        (Type.OPEN_ENDED, SettleEarly(), OpenEndedHasNoRemainder),
        (Type.OPEN_ENDED, NewEnd(), NothingChanges),
        (Type.OPEN_ENDED, NewEnd(ends_on=date(2025, 1, 1)), NothingToSchedule),
        (Type.OPEN_ENDED, CancelAtEnd(), NoPeriodHasBegun),
    ],
)
def test_a_refused_ending_changes_nothing(type_: Type, edit: Edit, refusal: type[Exception]) -> None:
    plan = make_subscription(make_merchant(), type_, now=NOON, **({"payment_day": 10} if type_ != "CUSTOM" else {}))
    before = schedule_of(plan)

    with pytest.raises(refusal):
        change(plan, edit)

    assert schedule_of(plan) == before
    assert not Event.objects.filter(name=edit.event).exists()


def test_an_end_before_what_was_invoiced_is_refused() -> None:
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, now=NOON)
    make_past(plan, 2)
    before = schedule_of(plan)

    with pytest.raises(PastWouldChange):
        change(plan, NewEnd(ends_after=1))

    assert schedule_of(plan) == before


def test_a_paused_plan_and_one_wholly_invoiced_are_not_settled_early() -> None:
    plan = make_subscription(make_merchant(), Type.CUSTOM_SCHEDULE, now=NOON)
    change(plan, Pause())
    with pytest.raises(NotActiveToSettle):
        change(plan, SettleEarly())

    invoiced = make_subscription(plan.merchant, Type.CUSTOM_SCHEDULE, now=NOON)
    make_past(invoiced, 1, 2, 3)
    with pytest.raises(NothingLeftToSettle):
        change(invoiced, SettleEarly())

    assert {status for *_, status in schedule_of(plan)} == {"SCHEDULED"}
    assert {status for *_, status in schedule_of(invoiced)} == {"INVOICED"}
