"""From the callback to the book: the gateway is asked, and only its answer moves money (reliability.md, C)."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.test import Client

from billing.models import Bill
from invoices.models import GatewayCallback, Invoice
from invoices.sandbox.models import FaultKind
from tests.factories import make_bill
from tests.invoices.callbacks.arrivals import (
    PAID_ONCE,
    booked,
    come_back,
    pay,
    process,
    return_of,
    send_webhook,
    webhook_of,
)
from tests.invoices.pages.documents import page_of
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("way", ["return", "webhook", "form"])
def test_a_payment_is_booked_however_it_is_announced(
    client: Client, shop: SandboxedMerchant, sent: Invoice, way: str
) -> None:
    (transaction,) = pay(shop, sent)
    if way == "return":
        come_back(client, return_of(shop, sent))
    elif way == "webhook":
        send_webhook(client, json.dumps(webhook_of(transaction)))
    else:
        body = f"token={transaction.token}&reference_number={sent.reference}&status=SUCCESSFUL"
        send_webhook(client, body, "application/x-www-form-urlencoded")

    process()

    sent.refresh_from_db()
    assert booked() == PAID_ONCE
    assert sent.status == "PAID"
    assert Bill.objects.get().status == "PAID"
    assert GatewayCallback.objects.get().state == "RESOLVED"


def test_slack_shaped_webhooks_are_read_too(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    (transaction,) = pay(shop, sent)
    fields = [f"*Token:*\n{transaction.token}", f"*Reference Number:*\n{sent.reference}", "*Status:*\nSUCCESSFUL"]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "New transaction"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": text} for text in fields]},
    ]

    send_webhook(client, json.dumps({"blocks": blocks}))
    process()

    assert booked() == PAID_ONCE


def test_c3_a_callback_before_our_own_record_is_resolved_later(client: Client, shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant, amount=Decimal("150.500"))
    shop.issue()
    shop.fault(FaultKind.ACCEPTED_500)
    shop.push()
    invoice = Invoice.objects.get()
    assert invoice.delivery == "UNKNOWN"
    pay(shop, invoice)

    come_back(client, return_of(shop, invoice))
    process()

    invoice.refresh_from_db()
    assert (invoice.status, invoice.delivery) == ("PAID", "SENT")
    assert booked() == PAID_ONCE


def test_while_a_payment_is_pending_nobody_is_invited_to_pay_again(
    client: Client, shop: SandboxedMerchant, sent: Invoice
) -> None:
    (pending,) = pay(shop, sent, stays_pending=True)
    place = come_back(client, return_of(shop, sent, result="PENDING"))["Location"]
    process()

    checking, page = client.get(place), client.get(page_of(sent.payable) + "?lang=en")
    assert pending.status == "PENDING"
    assert "We are checking with the bank" in checking.content.decode()
    assert "Payment is being checked" in page.content.decode()
    assert 'value="pay"' not in page.content.decode()

    pay(shop, sent)
    process()
    assert booked() == PAID_ONCE
    assert "Thank you. Your payment has arrived." in client.get(place + "?lang=en").content.decode()
