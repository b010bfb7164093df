"""A plan's page shows what is next: twelve payments, of an open-ended plan also those that have no row yet."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Role
from invoices.admin.payables.plan_window import window_of
from subscriptions.models import Subscription
from tests.factories import make_merchant, make_subscription
from tests.staff import make_staff, signed_in
from tests.subscriptions.admin.office import page_of
from tests.subscriptions.plans import on

pytestmark = pytest.mark.django_db

OPEN_ENDED = Subscription.Type.OPEN_ENDED


def test_an_open_ended_plan_shows_a_year_by_its_rules() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, OPEN_ENDED, now=on("2026-01-01"), horizon=timedelta(days=62), payment_day=31)

    window = window_of(plan)

    assert [row.due_date for row in window.installments] == [date(2026, 1, 31), date(2026, 2, 28)]
    assert [due.due_date.isoformat() for due in window.planned][:2] == ["2026-03-31", "2026-04-30"]
    assert [due.sequence for due in window.planned] == list(range(3, 13))
    assert {due.amount for due in window.planned} == {Decimal(25)}
    assert not window.has_more
    page = signed_in(make_staff(merchant, Role.VIEWER)).get(page_of(plan))
    assert page.content.decode().count("Planned") == 10


@pytest.mark.parametrize(("terms", "planned"), [({"ends_after": 3}, 1), ({"ends_on": date(2026, 5, 1)}, 3)])
def test_nothing_is_planned_beyond_its_end(terms: dict[str, object], planned: int) -> None:
    plan = make_subscription(make_merchant(), OPEN_ENDED, now=on("2026-01-01"), horizon=timedelta(days=45), **terms)

    assert len(plan.installments.all()) == 2
    assert len(window_of(plan).planned) == planned


def test_nothing_is_planned_while_it_is_paused() -> None:
    plan = make_subscription(make_merchant(), OPEN_ENDED, now=on("2026-01-01"))
    Subscription.objects.filter(pk=plan.pk).update(status="PAUSED")
    plan.refresh_from_db()

    assert window_of(plan).planned == []


def test_a_long_plan_shows_the_last_six_and_the_next_twelve() -> None:
    plan = make_subscription(make_merchant(), total_amount=Decimal(4000), monthly_payment=Decimal(100))
    paid = plan.installments.filter(sequence__lte=20)
    paid.update(status="PAID", amount_paid=Decimal(100), paid_at=timezone.now())

    window = window_of(plan)

    assert [row.sequence for row in window.installments] == list(range(15, 33))
    assert window.planned == []
    assert window.has_more


def test_a_plan_that_was_paid_shows_its_last_payments() -> None:
    plan = make_subscription(make_merchant(), total_amount=Decimal(300), monthly_payment=Decimal(100))
    plan.installments.update(status="PAID", amount_paid=Decimal(100), paid_at=timezone.now())

    window = window_of(plan)

    assert [row.sequence for row in window.installments] == [1, 2, 3]
    assert not window.has_more
