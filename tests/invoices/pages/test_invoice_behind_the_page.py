"""What the last invoice of a bill or installment is like decides whether its page has a button."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Merchant
from invoices.models import GatewayCallback, Invoice
from invoices.pages.states import State
from tests.factories import make_bill
from tests.invoices.pages.documents import change_invoice, owed_bill, page_of, today_of
from tests.invoices.pages.gallery import MAKERS

pytestmark = pytest.mark.django_db


def test_the_page_outlives_a_reissued_invoice(client: Client, shop: Merchant) -> None:
    bill = MAKERS[State.WITHDRAWN](shop)
    assert "<form" not in client.get(page_of(bill)).content.decode()

    Invoice.objects.filter(bill=bill).update(renew_when_cancelled=True)
    assert "Being prepared" in client.get(page_of(bill)).content.decode()

    last = bill.invoices.get()
    Invoice.objects.create(
        merchant=shop,
        customer=bill.customer,
        bill=bill,
        number="INV-2",
        reference="INV-2-abcdefgh",
        issue_no=2,
        amount=bill.amount,
        currency="JOD",
        due_date=bill.due_date,
        expires_on=last.expires_on,
        delivery="SENT",
        sent_at=timezone.now(),
        gateway_account=last.gateway_account,
        gateway_url=last.gateway_url,
    )
    assert "<form" in client.get(page_of(bill)).content.decode()


@pytest.mark.parametrize("delivery", ["NEW", "SENDING", "UNKNOWN"])
def test_an_invoice_not_yet_at_the_gateway_is_being_prepared(client: Client, shop: Merchant, delivery: str) -> None:
    bill = owed_bill(shop)
    change_invoice(bill, delivery=delivery, lease_until=timezone.now())

    assert "Being prepared" in client.get(page_of(bill)).content.decode()


@pytest.mark.parametrize("delivery", ["REJECTED", "PARKED"])
def test_an_invoice_the_gateway_did_not_take_cannot_be_paid(client: Client, shop: Merchant, delivery: str) -> None:
    bill = owed_bill(shop)
    change_invoice(bill, delivery=delivery)

    assert "Paying is not possible right now" in client.get(page_of(bill)).content.decode()


def test_a_link_past_its_last_day_is_expired_before_the_sweep_says_so(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop, days=-40)
    change_invoice(bill, expires_on=today_of(shop) - timedelta(days=1))

    assert "Link expired" in client.get(page_of(bill)).content.decode()


def test_a_link_that_is_being_cancelled_is_dead_at_once(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    change_invoice(bill, cancel_requested_at=timezone.now())

    assert "Link no longer valid" in client.get(page_of(bill)).content.decode()


def test_an_invoice_over_another_amount_is_not_offered(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    change_invoice(bill, amount=Decimal("1.000"))

    assert "<form" not in client.get(page_of(bill)).content.decode()


def test_an_inactive_merchant_is_not_paid_through_the_page(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    Merchant.objects.update(is_active=False)

    assert "Paying is not possible right now" in client.get(page_of(bill)).content.decode()


def test_an_old_attempt_does_not_keep_the_button_away(client: Client, shop: Merchant) -> None:
    bill = MAKERS[State.PROCESSING](shop)
    GatewayCallback.objects.update(received_at=timezone.now() - timedelta(minutes=11))

    assert "<form" in client.get(page_of(bill)).content.decode()


def test_a_bill_without_an_invoice_waits_for_one(client: Client, shop: Merchant) -> None:
    assert "Being prepared" in client.get(page_of(make_bill(shop))).content.decode()
