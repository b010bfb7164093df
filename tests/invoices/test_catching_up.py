"""Missed periods are caught up as the merchant chose, and no plan gets more than three invoices a day."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.models import CatchUp, Event, Merchant
from config.postgresql.base import MAX_PARAMETERS
from invoices.models import Invoice
from invoices.services.generation.catching_up import apply_verdict
from invoices.services.issuing import issue_due
from invoices.services.issuing_for_all import issue_for_all
from invoices.services.missed import approve_held, rehearse_issue
from subscriptions.missed import DueInstallment, Verdict, judge
from subscriptions.models import Installment, Subscription
from subscriptions.services import cancel_subscription
from tests.factories import make_merchant, make_subscription

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
HALF_A_YEAR = timedelta(days=181)
Hold, Status = Installment.Hold, Installment.Status


def gym(merchant: Merchant) -> Subscription:
    return make_subscription(merchant, Subscription.Type.OPEN_ENDED, payment_day=10, now=NOON)


def due_dates_by(status: Installment.Status, hold: str = "") -> list[date]:
    rows = Installment.objects.filter(status=status, hold=hold, due_date__lte=(NOON + HALF_A_YEAR).date())
    return list(rows.order_by("due_date").values_list("due_date", flat=True))


@pytest.mark.django_db
def test_up_to_three_missed_months_are_invoiced_with_their_own_dates() -> None:
    gym(make_merchant(issue_days_ahead=0))

    issue_for_all(now=NOON + timedelta(days=80))

    assert list(Invoice.objects.order_by("number").values_list("due_date", flat=True)) == [
        date(2026, 1, 10),
        date(2026, 2, 10),
        date(2026, 3, 10),
    ]


@pytest.mark.django_db
def test_more_are_held_for_approval_and_the_present_month_is_invoiced() -> None:
    gym(make_merchant(issue_days_ahead=0))

    issue_for_all(now=NOON + HALF_A_YEAR)
    issue_for_all(now=NOON + HALF_A_YEAR)

    assert due_dates_by(Status.INVOICED) == [date(2026, 7, 10)]
    assert due_dates_by(Status.SCHEDULED, Hold.CATCH_UP) == [date(2026, month, 10) for month in range(1, 7)]
    assert Event.objects.filter(name="held", details={"reason": "CATCH_UP"}).count() == 6


@pytest.mark.django_db
def test_only_the_latest_is_invoiced_where_the_merchant_wants_that() -> None:
    gym(make_merchant(issue_days_ahead=0, catch_up=CatchUp.LATEST))

    issue_for_all(now=NOON + HALF_A_YEAR)

    assert due_dates_by(Status.INVOICED) == [date(2026, 7, 10)]
    assert due_dates_by(Status.SKIPPED) == [date(2026, month, 10) for month in range(1, 7)]
    assert Invoice.objects.count() == 1


@pytest.mark.django_db
def test_the_latest_of_a_plan_with_an_end_is_no_substitute_for_the_others_which_wait() -> None:
    merchant = make_merchant(issue_days_ahead=0, catch_up=CatchUp.LATEST)
    make_subscription(merchant, payment_day=9, now=NOON)

    issue_for_all(now=NOON + HALF_A_YEAR)

    assert due_dates_by(Status.SKIPPED) == []
    assert len(due_dates_by(Status.SCHEDULED, Hold.CATCH_UP)) == 6
    assert Invoice.objects.count() == 0


@pytest.mark.django_db
def test_the_brake_lets_three_a_day_through_and_parks_the_rest_with_the_reason() -> None:
    merchant = make_merchant(issue_days_ahead=0, catch_up=CatchUp.ISSUE_ALL)
    gym(merchant)

    issue_for_all(now=NOON + HALF_A_YEAR)
    issue_for_all(now=NOON + HALF_A_YEAR + timedelta(hours=1))

    assert due_dates_by(Status.INVOICED) == [date(2026, month, 10) for month in (1, 2, 3)]
    assert due_dates_by(Status.SCHEDULED, Hold.BRAKE) == [date(2026, month, 10) for month in (4, 5, 6, 7)]


@pytest.mark.django_db
@pytest.mark.parametrize("catch_up", CatchUp.values)
def test_a_clock_five_years_ahead_and_back_makes_no_burst_and_nothing_twice(catch_up: str) -> None:
    gym(make_merchant(issue_days_ahead=0, catch_up=catch_up))
    issue_for_all(now=NOON)

    for _ in range(3):
        issue_for_all(now=NOON + timedelta(days=5 * 365))
    issue_for_all(now=NOON)
    issue_for_all(now=NOON + timedelta(days=31))

    assert Invoice.objects.count() <= 1 + 3 + 1
    assert Invoice.objects.count() == Invoice.objects.values("installment").distinct().count()
    assert not Installment.objects.exclude(hold="").filter(due_date__gt=(NOON + timedelta(days=31)).date()).exists()
    february = Installment.objects.get(due_date=date(2026, 2, 10))
    assert february.status in (Status.INVOICED, Status.SKIPPED) or february.hold


@pytest.mark.django_db
def test_a_person_approves_what_waits_once() -> None:
    merchant = make_merchant(issue_days_ahead=0)
    gym(merchant)
    issue_for_all(now=NOON + HALF_A_YEAR)
    held = list(Installment.objects.exclude(hold="").values_list("pk", flat=True))

    assert approve_held(merchant_id=merchant.pk, installment_ids=held, actor="user:1", now=NOON + HALF_A_YEAR) == 6
    assert approve_held(merchant_id=merchant.pk, installment_ids=held, actor="user:1", now=NOON + HALF_A_YEAR) == 0

    assert not Installment.objects.exclude(hold="").exists()
    assert Invoice.objects.count() == 7
    assert Event.objects.filter(name="issued", actor="user:1").count() == 6


@pytest.mark.django_db
def test_a_person_may_approve_more_than_one_statement_has_parameters_for() -> None:
    merchant = make_merchant(issue_days_ahead=0)
    gym(merchant)
    issue_for_all(now=NOON + HALF_A_YEAR)
    held = list(Installment.objects.exclude(hold="").values_list("pk", flat=True))
    many = [*range(-MAX_PARAMETERS - 1, 0), *held]

    assert approve_held(merchant_id=merchant.pk, installment_ids=many, actor="user:1", now=NOON + HALF_A_YEAR) == 6


@pytest.mark.django_db
def test_more_may_be_held_or_skipped_at_once_than_one_statement_has_parameters_for() -> None:
    merchant = make_merchant(issue_days_ahead=0)
    make_subscription(merchant, Subscription.Type.OPEN_ENDED, payment_day=10, now=NOON)
    some = list(Installment.objects.values_list("pk", flat=True))
    many = [*range(-MAX_PARAMETERS - 1, 0), *some]

    apply_verdict(merchant, Verdict(hold=defaultdict(list, {Hold.BRAKE: many})), now=NOON)

    assert Installment.objects.filter(hold=Hold.BRAKE).count() == len(some)


@pytest.mark.django_db
def test_nobody_approves_for_another_merchant_or_a_cancelled_plan() -> None:
    merchant, stranger = make_merchant(issue_days_ahead=0), make_merchant("stranger")
    plan = gym(merchant)
    issue_for_all(now=NOON + HALF_A_YEAR)
    held = list(Installment.objects.exclude(hold="").values_list("pk", flat=True))

    assert approve_held(merchant_id=stranger.pk, installment_ids=held, actor="user:1", now=NOON) == 0
    cancel_subscription(merchant_id=merchant.pk, subscription_id=plan.pk, actor="user:1", now=NOON)
    assert approve_held(merchant_id=merchant.pk, installment_ids=held, actor="user:1", now=NOON) == 0

    assert Invoice.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("catch_up", CatchUp.values)
def test_a_rehearsal_says_what_will_happen_and_changes_nothing(catch_up: str) -> None:
    merchant = make_merchant(issue_days_ahead=0, catch_up=catch_up)
    gym(merchant)
    make_subscription(merchant, payment_day=10, now=NOON)
    later = NOON + timedelta(days=70)
    make_subscription(merchant, Subscription.Type.OPEN_ENDED, payment_day=later.day, now=later)
    merchant.catch_up_after = 1
    before = list(Installment.objects.order_by("pk").values())

    rehearsed = rehearse_issue(merchant=merchant, now=later)

    assert list(Installment.objects.order_by("pk").values()) == before
    issue_due(merchant=merchant, now=later)
    assert rehearsed.issued == Invoice.objects.count()
    assert rehearsed.amount == sum(Invoice.objects.values_list("amount", flat=True), Decimal(0))
    assert rehearsed.held == Installment.objects.exclude(hold="").count()
    assert rehearsed.skipped == Installment.objects.filter(status=Status.SKIPPED).count()


@given(
    missed=st.integers(0, 30),
    current=st.integers(0, 3),
    issued_today=st.integers(0, 5),
    accepted=st.integers(0, 10),
    catch_up=st.sampled_from(list(CatchUp)),
    has_an_end=st.booleans(),
)
def test_every_due_installment_gets_one_verdict_and_never_more_than_three_a_day(
    missed: int, current: int, issued_today: int, accepted: int, catch_up: CatchUp, has_an_end: bool
) -> None:
    due = [DueInstallment(id=number, is_missed=number < missed) for number in range(missed + current)]

    verdict = judge(due, catch_up=catch_up, catch_up_after=accepted, has_an_end=has_an_end, issued_today=issued_today)

    held = [each for ids in verdict.hold.values() for each in ids]
    assert sorted(verdict.issue + verdict.skip + held) == [one.id for one in due]
    assert len(verdict.issue) + issued_today <= max(3, issued_today)
    assert not (has_an_end and verdict.skip)
    if missed > accepted and catch_up == CatchUp.HOLD:
        assert all(not due[each].is_missed for each in verdict.issue)
