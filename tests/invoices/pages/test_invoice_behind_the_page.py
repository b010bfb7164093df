"""What the last invoice of a bill or installment is like decides whether its page has a button."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Merchant
from invoices.models import GatewayAccount, GatewayCallback, Invoice
from invoices.pages.states import State
from tests.factories import make_bill
from tests.invoices.pages.documents import change_invoice, owed_bill, page_of, today_of
from tests.invoices.pages.gallery import MAKERS

pytestmark = pytest.mark.django_db


def test_the_page_outlives_a_reissued_invoice(client: Client, shop: Merchant) -> None:
    bill = MAKERS[State.WITHDRAWN](shop)
    assert 'value="pay"' not in client.get(page_of(bill)).content.decode()

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
    assert 'value="pay"' in client.get(page_of(bill)).content.decode()


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

    assert 'value="pay"' not in client.get(page_of(bill)).content.decode()


def test_an_inactive_merchant_is_not_paid_through_the_page(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    Merchant.objects.update(is_active=False)

    assert "Paying is not possible right now" in client.get(page_of(bill)).content.decode()


def test_an_old_attempt_does_not_keep_the_button_away(client: Client, shop: Merchant) -> None:
    bill = MAKERS[State.PROCESSING](shop)
    GatewayCallback.objects.update(received_at=timezone.now() - timedelta(minutes=11))

    assert 'value="pay"' in client.get(page_of(bill)).content.decode()


@pytest.mark.parametrize("trouble", ["breaker_open_until", "parked_at"])
@pytest.mark.parametrize("delivery", ["SENT", "NEW"])
def test_while_its_gateway_is_down_it_says_so_and_whom_to_call(
    client: Client, shop: Merchant, trouble: str, delivery: str
) -> None:
    bill = owed_bill(shop)
    change_invoice(bill, delivery=delivery)
    GatewayAccount.objects.update(**{trouble: timezone.now() + timedelta(minutes=1)})

    text = client.get(page_of(bill)).content.decode()

    assert "Paying is not possible right now" in text
    assert '<a class="button" href="tel:065000000">' in text
    assert "Look again" in text


def test_a_breaker_whose_pause_is_over_lets_customers_through(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    GatewayAccount.objects.update(breaker_open_until=timezone.now() - timedelta(seconds=1))

    assert 'value="pay"' in client.get(page_of(bill)).content.decode()


def test_a_gateway_that_wants_fewer_calls_keeps_only_what_was_not_sent(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    GatewayAccount.objects.update(paused_until=timezone.now() + timedelta(minutes=5))
    assert 'value="pay"' in client.get(page_of(bill)).content.decode()

    change_invoice(bill, delivery="NEW")

    assert "Paying is not possible right now" in client.get(page_of(bill)).content.decode()


def test_an_invoice_without_a_gateway_cannot_be_paid(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    change_invoice(bill, delivery="NEW", gateway_account=None)

    assert "Paying is not possible right now" in client.get(page_of(bill)).content.decode()


def test_preparing_looks_by_itself_and_later_says_that_a_message_will_come(client: Client, shop: Merchant) -> None:
    path = page_of(make_bill(shop))

    first, last = (client.get(f"{path}?n={looks}").content.decode() for looks in (0, 12))

    assert '<noscript><meta http-equiv="refresh" content="2;url=?n=1"></noscript>' in first
    assert "It usually takes less than a minute." in first
    assert "http-equiv" not in last
    assert "A message will come as soon as you can pay." in last


def test_a_bill_without_an_invoice_waits_for_one(client: Client, shop: Merchant) -> None:
    assert "Being prepared" in client.get(page_of(make_bill(shop))).content.decode()
