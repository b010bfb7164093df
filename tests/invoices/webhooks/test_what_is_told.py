"""Each event is told once to each of its merchant's webhooks, in words a machine can act on."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_httpserver import HTTPServer

from billing.models import Event, Merchant, WebhookDelivery
from billing.services import cancel_bill, record_event
from invoices.services.issuing import issue_due
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import take
from tests.invoices.webhooks.receiver import Receiver, deliver

pytestmark = pytest.mark.django_db


def test_the_life_of_a_bill_is_told(merchant: Merchant, receiver: Receiver) -> None:
    bill = make_bill(merchant, amount=Decimal("100.000"))
    issue_due(merchant=merchant, now=timezone.now())
    take(bill, "40")
    bill.refresh_from_db()
    take(bill, "60")

    assert deliver(receiver.endpoint) == 6

    assert receiver.types == [
        "bill.created",
        "bill.invoiced",
        "bill.partly_paid",
        "payment.received",
        "bill.paid",
        "payment.received",
    ]
    first, invoiced, last = receiver.received[0], receiver.received[1], receiver.received[-1]
    assert first.content["data"]["bill"]["billingNo"] == bill.billing_no
    assert invoiced.content["data"]["invoice"]["amount"] == 100
    assert invoiced.content["data"]["invoice"]["page"].startswith("http")
    assert last.content["data"]["payment"]["amount"] == 60
    assert last.content["data"]["bill"]["status"] == "PAID"
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"DELIVERED"}


def test_a_cancelled_bill_and_a_plan_are_told(merchant: Merchant, receiver: Receiver) -> None:
    bill = make_bill(merchant)
    plan = make_subscription(merchant)
    cancel_bill(merchant_id=merchant.pk, bill_id=bill.pk, reason="", actor="user:1", now=timezone.now())
    issue_due(merchant=merchant, now=timezone.now())

    deliver(receiver.endpoint)

    assert receiver.types[:3] == ["bill.created", "subscription.created", "bill.cancelled"]
    of_plan = receiver.received[1].content["data"]["subscription"]
    assert of_plan["subscriptionNo"] == plan.subscription_no
    assert set(receiver.types[3:]) <= {"installment.invoiced"}


def test_an_installment_is_told_when_it_is_invoiced_and_paid(merchant: Merchant, receiver: Receiver) -> None:
    merchant.issue_days_ahead = 90
    merchant.catch_up_after = 99
    merchant.save()
    plan = make_subscription(merchant)
    issue_due(merchant=merchant, now=timezone.now())
    installment = plan.installments.order_by("sequence")[0]
    take(installment, str(installment.amount))

    deliver(receiver.endpoint)

    assert "installment.invoiced" in receiver.types
    paid = next(each for each in receiver.received if each.type == "installment.paid")
    told = paid.content["data"]["installment"]
    assert (told["subscriptionNo"], told["number"], told["status"]) == (plan.subscription_no, 1, "PAID")


def test_what_was_rolled_back_is_not_told(merchant: Merchant, receiver: Receiver) -> None:
    with transaction.atomic():
        make_bill(merchant)
        assert WebhookDelivery.objects.exists()
        transaction.set_rollback(True)

    assert not WebhookDelivery.objects.exists()
    deliver(receiver.endpoint)
    assert receiver.received == []


def test_other_merchants_hear_nothing(merchant: Merchant, receiver: Receiver, httpserver: HTTPServer) -> None:
    elsewhere = Receiver(httpserver, make_merchant("elsewhere"), path="/elsewhere")

    make_bill(merchant)
    deliver(receiver.endpoint)
    deliver(elsewhere.endpoint)

    assert receiver.types == ["bill.created"]
    assert elsewhere.received == []


def test_two_webhooks_of_a_merchant_are_told_under_the_same_id(
    merchant: Merchant, receiver: Receiver, httpserver: HTTPServer
) -> None:
    second = Receiver(httpserver, merchant, path="/second")

    make_bill(merchant)
    deliver(receiver.endpoint)
    deliver(second.endpoint)

    assert receiver.received[0].id == second.received[0].id
    assert receiver.received[0].text == second.received[0].text


def test_an_event_costs_no_statement_more_with_a_webhook_than_without(merchant: Merchant, receiver: Receiver) -> None:
    without = make_merchant("without")
    make_bill(without)
    make_bill(merchant)

    with CaptureQueriesContext(connection) as plain:
        make_bill(without)
    with CaptureQueriesContext(connection) as announced:
        make_bill(merchant)

    assert len(plain) == len(announced)
    assert WebhookDelivery.objects.filter(merchant=merchant).count() == 2
    assert not WebhookDelivery.objects.filter(merchant=without).exists()


def test_what_is_nobody_elses_business_leaves_no_trace(merchant: Merchant, receiver: Receiver) -> None:
    bill = make_bill(merchant)
    deliver(receiver.endpoint)
    record_event(
        merchant_id=merchant.pk, subject=Event.Subject.BILL, subject_id=bill.pk, name="promised", actor="user:1"
    )
    deliver(receiver.endpoint)

    assert receiver.types == ["bill.created"]
    assert WebhookDelivery.objects.count() == 1


def test_the_body_is_what_was_signed_and_is_never_written_anew(merchant: Merchant, receiver: Receiver) -> None:
    make_bill(merchant)

    deliver(receiver.endpoint)

    stored = WebhookDelivery.objects.get()
    assert receiver.received[0].text == stored.body
    assert json.loads(stored.body)["type"] == stored.type
