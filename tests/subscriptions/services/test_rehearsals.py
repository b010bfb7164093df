"""A change is done as it was rehearsed, or not at all."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import connections

from billing.errors import DomainError
from billing.models import Event
from subscriptions.changes import Edit, NewTerms, SettleEarly, SkipInstallment
from subscriptions.changes.plans import Line
from subscriptions.models import Subscription
from subscriptions.services import PlanHasMoved, extend_open_ended
from tests.factories import make_merchant, make_subscription
from tests.subscriptions.plans import HORIZON, NOON, change, make_past, on, rehearsed, schedule_of

pytestmark = pytest.mark.django_db

EDITS = [
    SkipInstallment(sequence=4),
    NewTerms(from_sequence=4, amount=Decimal(60)),
    NewTerms(from_sequence=4, payment_day=31),
    SettleEarly(discount=Decimal(5)),
]


@pytest.mark.parametrize("edit", EDITS)
def test_what_was_rehearsed_is_what_is_done(edit: Edit) -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 1, 2)

    outcome = rehearsed(plan, edit)
    change(plan, edit, rehearsed=outcome.fingerprint)

    assert schedule_of(plan) == [_row(line) for line in outcome.after]


@pytest.mark.parametrize("edit", EDITS)
def test_a_plan_that_moved_on_since_is_left_alone(edit: Edit) -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    outcome = rehearsed(plan, edit)
    make_past(plan, 1)
    before = schedule_of(plan)

    with pytest.raises(PlanHasMoved):
        change(plan, edit, rehearsed=outcome.fingerprint)

    assert schedule_of(plan) == before
    assert not plan.terms.exists()
    assert not Event.objects.filter(name=edit.event).exists()


@pytest.mark.parametrize("edit", EDITS)
def test_no_past_installment_changes(edit: Edit) -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    make_past(plan, 1, status="PAID", amount_paid="100", paid_at=NOON)
    make_past(plan, 2)
    make_past(plan, 3, amount_paid="40")
    past = list(plan.installments.filter(sequence__lte=3).values())

    change(plan, edit, now=on("2026-03-20"))

    assert list(plan.installments.filter(sequence__lte=3).values()) == past


def test_an_installment_changed_is_no_longer_held_for_its_old_date() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    plan.installments.filter(sequence__in=[1, 2]).update(hold="CATCH_UP")

    change(plan, SkipInstallment(sequence=2), now=on("2026-02-20"))

    assert list(plan.installments.order_by("sequence").values_list("hold", flat=True))[:3] == ["CATCH_UP", "", ""]


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_change_a_plan_at_once_one_is_refused() -> None:
    plan = make_subscription(make_merchant(), now=NOON)
    edit = NewTerms(from_sequence=3, amount=Decimal(60))
    fingerprint = rehearsed(plan, edit).fingerprint
    outcomes: list[str] = []

    def confirm() -> None:
        try:
            change(Subscription.objects.get(pk=plan.pk), edit, rehearsed=fingerprint)
            outcomes.append("done")
        except DomainError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    people = [threading.Thread(target=confirm) for _ in range(2)]
    for each in people:
        each.start()
    for each in people:
        each.join()

    assert sorted(outcomes) == ["done", "refused"]
    assert plan.terms.count() == 1


@pytest.mark.django_db(transaction=True)
def test_plans_are_extended_once_by_two_at_once() -> None:
    merchant = make_merchant()
    for _ in range(20):
        make_subscription(merchant, Subscription.Type.OPEN_ENDED, now=NOON, horizon=HORIZON)
    made: list[int] = []

    def extend() -> None:
        try:
            made.append(extend_open_ended(merchant=merchant, horizon=HORIZON * 4, now=NOON, chunk=3))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=extend) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert sum(made) == 20 * 9


def _row(line: Line) -> tuple[int, str, str, str]:
    return (line.sequence, line.due_date.isoformat(), f"{line.amount.normalize():f}", line.status)
