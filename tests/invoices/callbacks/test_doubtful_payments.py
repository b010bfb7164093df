"""Payments nobody expected, and claims that are not true: never lost, never believed, never on another merchant (C)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Bill
from billing.services import cancel_bill
from invoices.models import GatewayCallback, Invoice
from invoices.sandbox.models import SandboxInvoice, SandboxTransaction
from tests.factories import make_bill, make_merchant
from tests.invoices.callbacks.arrivals import (
    PAID_ONCE,
    booked,
    come_back,
    nothing_was_paid,
    pay,
    process,
    return_data,
    return_of,
    sealed,
    send_webhook,
    webhook_of,
)
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_c4_paid_after_it_was_cancelled_is_kept_and_shown(
    client: Client, shop: SandboxedMerchant, sent: Invoice
) -> None:
    bill = Bill.objects.get()
    pay(shop, sent)
    cancel_bill(merchant_id=shop.merchant.pk, bill_id=bill.pk, reason="", actor="system", now=timezone.now())

    come_back(client, return_of(shop, sent))
    process()

    bill.refresh_from_db()
    assert bill.status == "CANCELLED"
    assert booked() == [(Decimal("150.500"), Decimal("0.000"), "PAID_AFTER_CANCEL")]


def test_c4_paid_after_its_link_expired_settles_it(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    pay(shop, sent)
    Invoice.objects.update(status="EXPIRED")

    come_back(client, return_of(shop, sent))
    process()

    assert booked() == PAID_ONCE
    assert Bill.objects.get().status == "PAID"


def test_c4_never_booked_on_another_merchant(
    client: Client, shop: SandboxedMerchant, sent: Invoice, live_server: Any
) -> None:
    other = connect_to_sandbox(make_merchant("other-shop"), base_url=live_server.url)
    make_bill(other.merchant, amount=Decimal("150.500"))
    other.issue()
    other.push()
    (transaction,) = pay(shop, sent)
    theirs = Invoice.objects.get(merchant=other.merchant)

    for report in (webhook_of(transaction), webhook_of(transaction, reference_number=theirs.reference)):
        client.post("/other-shop/gateway/webhook", json.dumps(report), content_type="application/json")
        process()

    theirs.refresh_from_db()
    assert theirs.status == "OPEN"
    assert nothing_was_paid()


def test_c5_a_forged_payment_stays_unpaid(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    forged = {"reference_number": sent.reference, "token": "f" * 32, "amount": "150.500", "status": "SUCCESSFUL"}

    assert send_webhook(client, json.dumps(forged)).content == b'{"received": true}'
    come_back(
        client, return_data(shop, resultCode="CAPTURED", orderReferenceNumber=sent.reference, paymentToken="f" * 32)
    )
    for _ in range(2):  # an invoice is asked about once a minute, so the second waits
        process()

    assert nothing_was_paid()
    assert set(GatewayCallback.objects.values_list("state", flat=True)) == {"RESOLVED"}


def test_c6_a_cheap_payments_token_does_not_pay_a_dear_invoice(
    client: Client, shop: SandboxedMerchant, sent: Invoice
) -> None:
    make_bill(shop.merchant, amount=Decimal("1.000"))
    shop.issue()
    shop.push()
    cheap = Invoice.objects.get(amount=Decimal("1.000"))
    (transaction,) = pay(shop, cheap)

    send_webhook(client, json.dumps(webhook_of(transaction, reference_number=sent.reference, amount="150.500")))
    process()
    sent.refresh_from_db()
    assert sent.status == "OPEN"
    assert nothing_was_paid()

    send_webhook(client, json.dumps({"token": transaction.token}))  # the gateway says what it was for
    process()
    assert booked() == [(Decimal("1.000"), Decimal("1.000"), "")]


@pytest.mark.parametrize("claimed", ["0.001", "999999999.999", "1e30", "150.500 SAR"])
def test_c7_the_claimed_amount_does_not_matter(
    client: Client, shop: SandboxedMerchant, sent: Invoice, claimed: str
) -> None:
    (transaction,) = pay(shop, sent)

    send_webhook(client, json.dumps(webhook_of(transaction, amount=claimed, currency="SAR")))
    process()

    assert booked() == PAID_ONCE


def test_c7_a_short_payment_pays_its_part(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    (transaction,) = pay(shop, sent)
    SandboxTransaction.objects.update(amount=Decimal("50.500"))

    send_webhook(client, json.dumps(webhook_of(transaction)))
    process()

    bill = Bill.objects.get()
    assert booked() == [(Decimal("50.500"), Decimal("50.500"), "SHORT")]
    assert (bill.status, bill.amount_due) == ("PENDING", Decimal("100.000"))


def test_c9_our_own_ciphertext_reflected(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    own_order = SandboxInvoice.objects.get().payload

    answer = come_back(client, sealed(shop, own_order))
    process()

    assert answer.status_code == 303
    assert nothing_was_paid()
    assert GatewayCallback.objects.get().state == "IGNORED"


def test_c11_two_payments_of_one_invoice(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    first, second = pay(shop, sent, times=2)

    for transaction in (first, second):
        send_webhook(client, json.dumps(webhook_of(transaction)))
        process()

    sent.refresh_from_db()
    assert sent.status == "PAID"
    assert booked() == [*PAID_ONCE, (Decimal("150.500"), Decimal("0.000"), "OVERPAID")]
