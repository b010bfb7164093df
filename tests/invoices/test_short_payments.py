"""Less came than was asked for: the old link ends, whatever the gateway calls it, and a new one asks for the rest."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.test import Client

from billing.clock import database_now
from billing.models import Bill
from invoices.models import Invoice, Payment
from invoices.sandbox.models import InvoiceStatus, SandboxTransaction
from invoices.services import sweeps
from tests.invoices.acts import cancel_at_gateway, poll, take, tidy_later
from tests.invoices.callbacks.arrivals import booked, process, send_webhook, webhook_of
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

FORTY = [(Decimal("40.000"), Decimal("40.000"), Payment.Review.SHORT)]


@pytest.fixture(params=["poll", "webhook"])
def short_paid(request: pytest.FixtureRequest, client: Client, shop: SandboxedMerchant, sent: Invoice) -> Invoice:
    """40 of 100 came, and the gateway counts its own invoice as paid; told in either way."""
    shop.customer_pays(sent)
    SandboxTransaction.objects.update(amount=Decimal("40.000"))
    if request.param == "poll":
        poll(shop)
    else:
        send_webhook(client, json.dumps(webhook_of(SandboxTransaction.objects.get())))
        process()
        cancel_at_gateway(shop)
    assert shop.at_gateway(sent).status == InvoiceStatus.PAID
    assert booked() == FORTY
    sent.refresh_from_db()
    return sent


def test_an_invoice_the_gateway_calls_paid_is_cancelled_and_a_new_one_asks_for_the_rest(
    shop: SandboxedMerchant, short_paid: Invoice
) -> None:
    assert (short_paid.status, short_paid.cancel_reason) == (
        Invoice.Status.CANCELLED,
        Invoice.CancelReason.PARTLY_PAID,
    )
    assert sweeps.tidy(now=database_now())["renewed"] == 0

    assert tidy_later()["renewed"] == 1

    rest = Invoice.objects.live().get()
    assert (rest.amount, rest.issue_no) == (Decimal("60.000"), 2)
    assert shop.push() == 1
    assert booked() == FORTY
    assert find_differences(now=database_now()) == []


def test_cash_for_the_rest_leaves_nothing_to_renew(short_paid: Invoice) -> None:
    take(Bill.objects.get(), "60")

    assert tidy_later()["renewed"] == 0

    assert Bill.objects.get().status == Bill.Status.PAID
    assert not Invoice.objects.live().exists()
    assert find_differences(now=database_now()) == []


def test_asking_again_books_it_once(shop: SandboxedMerchant, short_paid: Invoice) -> None:
    for _ in range(3):
        poll(shop)
        cancel_at_gateway(shop)

    assert booked() == FORTY


def test_the_rest_paid_through_the_new_link_settles_the_bill(shop: SandboxedMerchant, short_paid: Invoice) -> None:
    tidy_later()
    shop.push()
    rest = Invoice.objects.live().get()

    shop.customer_pays(rest)
    poll(shop)

    assert Bill.objects.get().status == Bill.Status.PAID
    assert booked() == [*FORTY, (Decimal("60.000"), Decimal("60.000"), "")]
    assert find_differences(now=database_now()) == []
