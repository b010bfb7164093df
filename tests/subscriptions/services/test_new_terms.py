"""Another amount, payment day or interval from an installment on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from subscriptions.changes import NewTerms, SkipInstallment, SpreadOver
from subscriptions.changes.plans import InstallmentNotOpen
from subscriptions.changes.replanning import PastWouldChange
from subscriptions.changes.terms import CustomHasNoRule, NotFixed, NothingChanges, PaymentDayMissing
from subscriptions.limits import TooManyPayments
from subscriptions.models import Installment, Subscription
from subscriptions.schedules import Interval
from subscriptions.services import extend_open_ended
from tests.factories import make_merchant, make_subscription
from tests.subscriptions.plans import (
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
    warned,
)

pytestmark = pytest.mark.django_db

Type = Subscription.Type


def test_a_smaller_amount_of_a_fixed_total_makes_more_payments_and_the_remainder_is_last() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 1, 2)
    edit = NewTerms(from_sequence=3, amount=Decimal(70))

    outcome = rehearsed(plan, edit)
    change(plan, edit, rehearsed=outcome.fingerprint)

    amounts = [amount for _, _, amount, _ in schedule_of(plan)]
    assert amounts == ["100"] * 2 + ["70"] * 14 + ["20"]
    assert plan.number_of_installments == plan.last_sequence == 17
    assert outcome.sum_before == outcome.sum_after == plan.total_amount
    assert "REMAINDER" in warned(outcome)
    assert stored(plan) == derived(plan)


def test_a_larger_amount_makes_fewer_payments_and_the_surplus_rows_are_gone() -> None:
    plan = make_subscription(make_merchant(), now=NOON)

    change(plan, NewTerms(from_sequence=1, amount=Decimal(500)))

    assert [amount for _, _, amount, _ in schedule_of(plan)] == ["500", "500", "200"]
    assert plan.number_of_installments == 3
    assert stored(plan) == derived(plan)


def test_the_first_rule_of_a_plan_stays_as_it_was_agreed() -> None:
    plan = make_subscription(make_merchant(), now=NOON)

    change(plan, NewTerms(from_sequence=1, amount=Decimal(500), payment_day=20))

    assert (plan.monthly_payment, plan.payment_day, plan.anchor_date.isoformat()) == (100, 5, "2026-01-05")


def test_a_later_change_replaces_one_that_has_not_begun() -> None:
    plan = make_subscription(make_merchant(), now=NOON)

    change(plan, NewTerms(from_sequence=5, amount=Decimal(400)))
    change(plan, NewTerms(from_sequence=3, amount=Decimal(50)))

    assert list(plan.terms.values_list("from_sequence", "amount")) == [(3, Decimal(50))]
    assert len(stored(plan)) == 22
    assert stored(plan) == derived(plan)


def test_another_day_holds_from_the_month_the_installment_was_due_in() -> None:
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, now=NOON, payment_day=10)
    make_past(plan, 1)

    change(plan, NewTerms(from_sequence=2, payment_day=31))

    assert dates_of(plan)[:3] == ["2026-01-10", "2026-02-28", "2026-03-31"]
    assert stored(plan) == derived(plan)


def test_an_open_ended_plan_goes_on_under_its_new_interval() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, payment_day=10)
    make_past(plan, 1)

    change(plan, NewTerms(from_sequence=2, interval=Interval.WEEKLY, amount=Decimal(6)))
    extend_open_ended(merchant=merchant, horizon=HORIZON, now=on("2026-02-01"))

    assert dates_of(plan)[:4] == ["2026-01-10", "2026-02-10", "2026-02-17", "2026-02-24"]
    assert stored(plan) == derived(plan)
    assert Installment.objects.filter(subscription=plan).count() == plan.terms.count() * 12 + 1


def test_a_weekly_plan_becomes_monthly_once_a_day_is_chosen() -> None:
    terms = {"interval": Interval.WEEKLY, "payment_day": None, "now": NOON}
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, **terms)
    before = schedule_of(plan)

    with pytest.raises(PaymentDayMissing):
        change(plan, NewTerms(from_sequence=3, interval=Interval.MONTHLY))
    assert schedule_of(plan) == before
    change(plan, NewTerms(from_sequence=3, interval=Interval.MONTHLY, payment_day=20))

    assert dates_of(plan)[:4] == ["2026-01-01", "2026-01-08", "2026-01-20", "2026-02-20"]
    assert stored(plan) == derived(plan)


def test_a_period_skipped_ahead_keeps_its_place_and_its_amount() -> None:
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, now=NOON, payment_day=10)
    change(plan, SkipInstallment(sequence=3))

    change(plan, NewTerms(from_sequence=2, amount=Decimal(40), payment_day=20))

    assert (
        schedule_of(plan)[1:4]
        == [
            (2, "2026-02-20", "40", "SCHEDULED"),
            (3, "2026-03-10", "25", "SKIPPED"),
            (4, "2026-04-20", "40", "SCHEDULED"),
        ][: len(schedule_of(plan)) - 1]
    )
    assert stored(plan) == derived(plan)


def test_a_new_amount_that_would_end_before_what_was_invoiced_ahead_is_refused() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 10)
    before = schedule_of(plan)

    with pytest.raises(PastWouldChange):
        change(plan, NewTerms(from_sequence=2, amount=Decimal(600)))

    assert schedule_of(plan) == before
    assert not plan.terms.exists()


@pytest.mark.parametrize(
    ("edit", "refusal"),
    [
        (NewTerms(from_sequence=1, amount=Decimal(50)), InstallmentNotOpen),
        (NewTerms(from_sequence=99, amount=Decimal(50)), InstallmentNotOpen),
        (NewTerms(from_sequence=3, amount=Decimal(100), payment_day=5), NothingChanges),
        (NewTerms(from_sequence=3, amount=Decimal("0.001")), TooManyPayments),
    ],
)
def test_a_refused_change_changes_nothing(edit: NewTerms, refusal: type[Exception]) -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 1)
    before = schedule_of(plan)

    with pytest.raises(refusal):
        change(plan, edit)

    assert schedule_of(plan) == before
    assert not plan.terms.exists()


def test_what_is_left_is_spread_over_more_payments_evenly() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 1, 2)

    change(plan, SpreadOver(more=4))

    amounts = [amount for _, _, amount, _ in schedule_of(plan)]
    assert amounts == ["100"] * 2 + ["71.429"] * 13 + ["71.423"]
    assert stored(plan) == derived(plan)


def test_only_a_fixed_total_is_spread_and_a_custom_schedule_has_no_rule() -> None:
    merchant = make_merchant()
    custom = make_subscription(merchant, Type.CUSTOM_SCHEDULE, now=NOON)
    before = schedule_of(custom)

    with pytest.raises(NotFixed):
        change(custom, SpreadOver(more=2))
    with pytest.raises(CustomHasNoRule):
        change(custom, NewTerms(from_sequence=2, amount=Decimal(50)))

    assert schedule_of(custom) == before


def test_two_payments_in_one_month_and_a_month_without_one_are_warned_about() -> None:
    weekly = {"interval": Interval.WEEKLY, "payment_day": None, "now": NOON}
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, **weekly)

    outcome = rehearsed(plan, NewTerms(from_sequence=4, interval=Interval.MONTHLY, payment_day=31))

    assert "TWO_IN_ONE_PERIOD" in warned(outcome)
    assert "GAP" in warned(rehearsed(make_subscription(plan.merchant, now=NOON), SkipInstallment(sequence=3)))


def test_a_period_too_far_ahead_to_be_scheduled_can_be_changed_too() -> None:
    yearly = {"interval": Interval.YEARLY, "payment_day": 10, "now": NOON}
    plan = make_subscription(make_merchant(), Type.OPEN_ENDED, **yearly)
    make_past(plan, 1)

    change(plan, NewTerms(from_sequence=2, amount=Decimal(300)))

    assert schedule_of(plan)[1:] == [(2, "2027-01-10", "300", "SCHEDULED")]
    assert stored(plan) == derived(plan)
