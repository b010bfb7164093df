"""A customer's promise noted on an installment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from billing.models import Role
from tests.factories import make_merchant, make_subscription
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db

TOMORROW = timezone.localdate() + timedelta(days=1)


def test_a_clerk_notes_a_promise_and_takes_it_back() -> None:
    merchant = make_merchant()
    row = make_subscription(merchant).installments.get(sequence=1)
    clerk = signed_in(make_staff(merchant, Role.CLERK))
    address = f"/admin/subscriptions/installment/{row.pk}/do/promise/"

    noted = clerk.post(address, {"until": TOMORROW.isoformat()}, follow=True)
    row.refresh_from_db()
    assert row.promised_until == TOMORROW
    assert "no reminder until" in told(noted)[0]
    clerk.post(address, {"until": ""})

    row.refresh_from_db()
    assert row.promised_until is None


@pytest.mark.parametrize("until", [date(2020, 1, 1), TOMORROW - timedelta(days=3)])
def test_a_day_that_has_passed_is_said_at_the_field(until: date) -> None:
    merchant = make_merchant()
    row = make_subscription(merchant).installments.get(sequence=1)

    address = f"/admin/subscriptions/installment/{row.pk}/do/promise/"
    response = signed_in(make_staff(merchant)).post(address, {"until": until.isoformat()})

    row.refresh_from_db()
    assert list(response.context["form"].errors) == ["until"]
    assert row.promised_until is None


def test_a_stranger_notes_nothing() -> None:
    row = make_subscription(make_merchant()).installments.get(sequence=1)

    address = f"/admin/subscriptions/installment/{row.pk}/do/promise/"
    response = signed_in(make_staff(make_merchant("stranger"))).post(address, {"until": TOMORROW.isoformat()})

    row.refresh_from_db()
    assert response.status_code == 404
    assert row.promised_until is None
