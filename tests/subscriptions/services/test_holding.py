"""Held installments waived, and promises noted."""

from __future__ import annotations

from datetime import date

import pytest

from billing.models import Event, Merchant
from billing.services.bill_changes import PromiseHasPassed
from subscriptions.models import Installment, Subscription
from subscriptions.services import promise_installment, skip_held
from subscriptions.services.holding import InstallmentNotOwed
from tests.factories import make_merchant, make_subscription
from tests.subscriptions.plans import ACTOR, NOON, make_past

pytestmark = pytest.mark.django_db

Type = Subscription.Type


def held_of(plan: Subscription, *sequences: int) -> list[int]:
    plan.installments.filter(sequence__in=sequences).update(hold=Installment.Hold.CATCH_UP)
    return list(plan.installments.filter(sequence__in=sequences).values_list("pk", flat=True))


def states(plan: Subscription) -> list[tuple[str, str]]:
    return list(plan.installments.order_by("sequence").values_list("status", "hold"))


def skipped(merchant: Merchant, ids: list[int]) -> int:
    return skip_held(merchant_id=merchant.pk, installment_ids=ids, actor=ACTOR, now=NOON)


def test_what_is_skipped_is_waived_and_the_rest_of_the_plan_stays() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON)
    ids = held_of(plan, 1, 2)

    assert skipped(merchant, ids) == 2
    assert skipped(merchant, ids) == 0

    assert states(plan) == [("SKIPPED", ""), ("SKIPPED", ""), *[("SCHEDULED", "")] * (len(states(plan)) - 2)]


@pytest.mark.parametrize("type_", [Type.FIXED_MONTHLY, Type.CUSTOM_SCHEDULE])
def test_a_total_stays_owed(type_: Type) -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, type_, now=NOON)
    ids = held_of(plan, 1, 2)

    assert skipped(merchant, ids) == 0

    assert states(plan)[:2] == [("SCHEDULED", "CATCH_UP")] * 2


def test_a_plan_whose_last_installments_are_skipped_is_complete() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON, ends_after=2)

    skipped(merchant, held_of(plan, 1, 2))

    plan.refresh_from_db()
    assert plan.status == Subscription.Status.COMPLETED


def test_what_is_not_held_or_past_is_passed_over() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON)
    (invoiced,) = held_of(plan, 1)
    make_past(plan, 1)
    scheduled = plan.installments.get(sequence=2).pk
    before = states(plan)

    assert skipped(merchant, [invoiced, scheduled]) == 0

    assert states(plan) == before
    assert not Event.objects.filter(subject=Event.Subject.INSTALLMENT).exists()


def test_a_stranger_reaches_nothing() -> None:
    merchant, stranger = make_merchant(), make_merchant("stranger")
    plan = make_subscription(merchant, Type.OPEN_ENDED, now=NOON)
    ids = held_of(plan, 1)

    assert skipped(stranger, ids) == 0
    with pytest.raises(Installment.DoesNotExist):
        promise_installment(merchant_id=stranger.pk, installment_id=ids[0], until=None, actor=ACTOR, now=NOON)

    assert states(plan)[0] == ("SCHEDULED", "CATCH_UP")


def test_a_promise_is_noted_and_taken_back() -> None:
    merchant = make_merchant()
    row = make_subscription(merchant, now=NOON).installments.get(sequence=1)
    the = {"merchant_id": merchant.pk, "installment_id": row.pk, "actor": ACTOR, "now": NOON}

    promise_installment(**the, until=date(2026, 1, 20))
    row.refresh_from_db()
    assert row.promised_until == date(2026, 1, 20)
    promise_installment(**the, until=None)

    row.refresh_from_db()
    assert row.promised_until is None
    names = Event.objects.filter(subject=Event.Subject.INSTALLMENT).order_by("pk").values_list("name", flat=True)
    assert list(names) == ["promised", "promise_dropped"]


def test_no_promise_for_a_day_that_has_passed_or_for_what_is_not_owed() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, now=NOON)
    make_past(plan, 2, status="SKIPPED")
    first, second = plan.installments.filter(sequence__lte=2).order_by("sequence")

    for row, until, refusal in (
        (first, date(2025, 12, 31), PromiseHasPassed),
        (second, date(2026, 2, 1), InstallmentNotOwed),
    ):
        with pytest.raises(refusal):
            promise_installment(merchant_id=merchant.pk, installment_id=row.pk, until=until, actor=ACTOR, now=NOON)

    assert not plan.installments.filter(promised_until__isnull=False).exists()
