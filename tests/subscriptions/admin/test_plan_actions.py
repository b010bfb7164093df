"""Pausing, resuming and cancelling a subscription from its page."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.models import Event, Role
from subscriptions.models import Installment, Subscription
from tests.factories import make_merchant, make_subscription
from tests.staff import make_staff, signed_in, told
from tests.subscriptions.admin.office import confirmed, rehearsal_in, rehearse, url_of

pytestmark = pytest.mark.django_db

Status = Subscription.Status
WHY = {"reason": "The customer moves away"}


def test_nothing_is_done_before_it_is_confirmed() -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    subscription = make_subscription(merchant)
    manager = signed_in(make_staff(merchant, Role.MANAGER))

    asked = manager.get(url_of(subscription, "cancel")).content.decode()
    response = rehearse(manager, url_of(subscription, "cancel"), WHY)

    subscription.refresh_from_db()
    assert subscription.status == Status.ACTIVE
    assert "Installments that were not invoiced yet are dropped." in asked
    assert {row.words for row in rehearsal_in(response).rows} == {"Cancelled"}


def test_a_subscription_is_paused_and_resumed_by_the_person_who_did_it() -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    subscription = make_subscription(merchant)
    user = make_staff(merchant, Role.MANAGER)
    manager = signed_in(user)

    paused = manager.post(url_of(subscription, "pause"), follow=True)
    resumed = confirmed(manager, url_of(subscription, "resume"), {"dates": "keep"})

    subscription.refresh_from_db()
    assert told(paused) == [f"Subscription {subscription.subscription_no} is paused."]
    assert told(resumed) == [f"Subscription {subscription.subscription_no} is active again."]
    assert subscription.status == Status.ACTIVE
    events = Event.objects.filter(actor=f"user:{user.pk}").order_by("pk")
    assert list(events.values_list("name", flat=True)) == ["paused", "resumed"]


def test_cancelling_drops_what_was_not_invoiced() -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    subscription = make_subscription(merchant)

    response = confirmed(signed_in(make_staff(merchant, Role.MANAGER)), url_of(subscription, "cancel"), WHY)

    subscription.refresh_from_db()
    assert told(response) == [f"Subscription {subscription.subscription_no} is cancelled."]
    assert subscription.status == Status.CANCELLED
    assert set(subscription.installments.values_list("status", flat=True)) == {Installment.Status.CANCELLED}
    assert Event.objects.get(name="cancelled").details["reason"] == WHY["reason"]


def test_what_the_service_refuses_is_said_on_the_form_and_nothing_changes() -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    subscription = make_subscription(merchant)

    response = signed_in(make_staff(merchant)).post(url_of(subscription, "resume"), {"dates": "keep"})

    subscription.refresh_from_db()
    assert response.context["form"].non_field_errors() == ["Only a paused subscription can be resumed."]
    assert subscription.status == Status.ACTIVE


def test_the_page_shows_the_installments_with_their_states() -> None:
    merchant = make_merchant(second_person_above=Decimal(10_000))
    subscription = make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE)
    subscription.installments.filter(sequence=1).update(status="PAID", amount_paid="300", paid_at="2026-01-01T00:00Z")

    response = signed_in(make_staff(merchant, Role.VIEWER)).get(
        f"/admin/subscriptions/subscription/{subscription.pk}/change/"
    )

    page = response.content.decode()
    assert [section.title for section in response.context["page"].sections][:1] == ["Installments"]
    assert "JOD\u00a0300.000" in page
    assert "First payment" in page
    assert "10 Mar 2026" in page
