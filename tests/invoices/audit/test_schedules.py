"""Every installment is derived again from its plan's own rules; what differs is found and named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Event, Merchant
from subscriptions.models import Installment, Subscription, Term
from tests.factories import make_merchant, make_subscription
from tests.invoices.differences import find_differences

pytestmark = pytest.mark.django_db

Type = Subscription.Type


@pytest.fixture
def merchant() -> Merchant:
    """With a plan of every kind, and nothing wrong with any."""
    merchant = make_merchant("planner")
    for kind in Type:
        make_subscription(merchant, kind)
    make_subscription(merchant, Type.FIXED_MONTHLY, total_amount=Decimal(250), payment_day=28)
    make_subscription(merchant, Type.OPEN_ENDED, payment_day=5, horizon=timedelta(days=400))
    assert found() == []
    return merchant


def found(*, days_later: int = 0) -> list[tuple[str, str, str]]:
    now = timezone.now() + timedelta(days=days_later)
    return [(each.invariant, each.subject, each.problem) for each in find_differences(now=now)]


def plan_of(kind: Type) -> Subscription:
    return Subscription.objects.filter(type=kind).order_by("pk")[0]


def installment(kind: Type, sequence: int) -> Any:
    return Installment.objects.filter(subscription=plan_of(kind), sequence=sequence)


PLANTED: dict[str, tuple[Callable[[], Any], set[tuple[str, str, str]]]] = {
    "a shifted due date of a fixed plan": (
        lambda: installment(Type.FIXED_MONTHLY, 4).update(due_date=date(2099, 1, 1)),
        {("I4", "Installment", "it is due on another day than its plan says")},
    ),
    "a shifted due date of an open-ended plan": (
        lambda: installment(Type.OPEN_ENDED, 2).update(due_date=date(2099, 1, 1)),
        {("I4", "Installment", "it is due on another day than its plan says")},
    ),
    "a changed amount of an open-ended plan": (
        lambda: installment(Type.OPEN_ENDED, 2).update(amount=Decimal(26)),
        {("I4", "Installment", "it is over another amount than its plan says")},
    ),
    "a changed amount of a fixed plan": (
        lambda: installment(Type.FIXED_MONTHLY, 12).update(amount=Decimal(99)),
        {
            ("I4", "Installment", "it is over another amount than its plan says"),
            ("I4", "Subscription", "its installments do not sum to its total"),
        },
    ),
    "a changed amount of a custom schedule": (
        lambda: installment(Type.CUSTOM_SCHEDULE, 2).update(amount=Decimal(299)),
        {("I4", "Subscription", "its installments do not sum to its total")},
    ),
    "a fixed plan whose total was lowered": (
        lambda: Subscription.objects.filter(pk=plan_of(Type.FIXED_MONTHLY).pk).update(total_amount=Decimal(1100)),
        {
            ("I4", "Installment", "its plan's total leaves nothing for it"),
            ("I4", "Subscription", "its installments do not sum to its total"),
        },
    ),
    "a missing period of an open-ended plan": (
        lambda: installment(Type.OPEN_ENDED, 2).delete(),
        {("I4", "Subscription", "installments are missing from its sequence")},
    ),
    "a period too many": (
        lambda: Subscription.objects.filter(pk=plan_of(Type.OPEN_ENDED).pk).update(
            last_sequence=1, scheduled_until=date(2026, 1, 1)
        ),
        {("I4", "Subscription", "it has more installments than it knows of")},
    ),
    "a plan that counts as scheduled further than it is": (
        lambda: Subscription.objects.filter(pk=plan_of(Type.OPEN_ENDED).pk).update(scheduled_until=date(2099, 1, 1)),
        {("I4", "Subscription", "it counts as scheduled further than it is")},
    ),
    "a plan cancelled behind its installments' back": (
        lambda: (
            Subscription.objects.filter(pk=plan_of(Type.OPEN_ENDED).pk).update(status="CANCELLED"),
            Event.objects.create(
                merchant=Merchant.objects.get(),
                subject="SUBSCRIPTION",
                subject_id=plan_of(Type.OPEN_ENDED).pk,
                name="cancelled",
                actor="system",
            ),
        ),
        {("I7", "Installment", "it is still scheduled, though its plan has ended")},
    ),
    "a payment day changed behind the plan's back": (
        lambda: Subscription.objects.filter(pk=plan_of(Type.OPEN_ENDED).pk).update(payment_day=2),
        {("I4", "Installment", "it is due on another day than its plan says")},
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_difference_is_found_and_named(merchant: Merchant, what: str) -> None:
    plant, expected = PLANTED[what]

    plant()

    assert set(found()) == expected


@pytest.mark.parametrize(("days", "expected"), [(60, 0), (130, 1)])
def test_an_open_ended_plan_that_nobody_extends_is_found_once_a_period_is_due(days: int, expected: int) -> None:
    make_subscription(make_merchant("planner"), Type.OPEN_ENDED)

    problems = [problem for _, _, problem in found(days_later=days)]

    assert problems.count("its next installment was never scheduled") == expected


@pytest.mark.parametrize(
    "change",
    [{"status": "PAUSED"}, {"status": "CANCELLED"}, {"ends_after": 4}, {"ends_on": date(2026, 1, 1)}],
    ids=["paused", "cancelled", "ended by number", "ended by date"],
)
def test_a_plan_that_needs_no_extending_is_left_in_peace(change: dict[str, Any]) -> None:
    plan = make_subscription(make_merchant("planner"), Type.OPEN_ENDED)
    Subscription.objects.filter(pk=plan.pk).update(**change)
    if "ends_after" in change:
        Subscription.objects.filter(pk=plan.pk).update(ends_after=plan.last_sequence)

    problems = [problem for _, _, problem in found(days_later=130)]

    assert "its next installment was never scheduled" not in problems


def test_an_inactive_merchants_plans_stand_still_and_that_is_right() -> None:
    merchant = make_merchant("planner")
    make_subscription(merchant, Type.OPEN_ENDED)
    Merchant.objects.update(is_active=False)

    assert found(days_later=130) == []


def test_a_term_is_the_rule_from_its_installment_on() -> None:
    plan = make_subscription(make_merchant("planner"), Type.OPEN_ENDED, horizon=timedelta(days=200))
    second, *later = list(plan.installments.order_by("sequence"))[1:]
    Term.objects.create(
        merchant=plan.merchant,
        subscription=plan,
        from_sequence=second.sequence + 1,
        anchor_date=later[0].due_date,
        interval="MONTHLY",
        payment_day=1,
        amount=Decimal(30),
    )
    assert len(found()) == len(later)

    Installment.objects.filter(pk__in=[each.pk for each in later]).update(amount=Decimal(30))

    assert found() == []


def test_a_plan_settled_early_sums_to_its_total_with_the_discount() -> None:
    plan = make_subscription(make_merchant("planner"), total_amount=Decimal(1200))
    plan.installments.filter(sequence__gt=2).update(status="CANCELLED", cancelled_at=timezone.now())
    Installment.objects.create(
        merchant=plan.merchant, subscription=plan, sequence=13, due_date=timezone.localdate(), amount=Decimal(950)
    )
    settled = {"settled_early_at": timezone.now(), "last_sequence": 13, "discount_amount": Decimal(50)}
    Subscription.objects.update(**settled)
    assert found() == []

    Subscription.objects.update(discount_amount=Decimal(60))

    assert found() == [("I4", "Subscription", "its installments do not sum to its total")]


def test_a_held_installment_waits_for_a_person_and_is_no_difference() -> None:
    long_ago = timezone.now() - timedelta(days=60)
    make_subscription(make_merchant("planner"), Type.OPEN_ENDED, now=long_ago)
    Installment.objects.filter(due_date__lt=timezone.localdate()).update(hold="CATCH_UP")
    assert found() == []

    Installment.objects.update(hold="")

    assert {problem for _, _, problem in found()} == {"it is due and was never invoiced"}


def test_the_evidence_says_what_was_found_and_what_was_expected(merchant: Merchant) -> None:
    installment(Type.FIXED_MONTHLY, 4).update(amount=Decimal("99.5"))

    texts = [each.text for each in find_differences(now=timezone.now()) if each.subject == "Installment"]

    assert texts == ["it is over another amount than its plan says · 99.500 ≠ 100.000"]
