"""Which channel an invoice goes by: the document's, else the customer's, else the merchant's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Bill, Channel, Customer, Merchant
from invoices.models import DeliveryAttempt, Invoice
from subscriptions.models import Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

ONLY = ((date(2025, 12, 10), Decimal(1), "the only one"),)


@pytest.mark.parametrize(
    ("merchants", "customers", "documents", "expected"),
    [
        ("SMS", "", "", "SMS"),
        ("LINK", "", "", "LINK"),
        ("SMS", "WHATSAPP", "", "WHATSAPP"),
        ("SMS", "WHATSAPP", "LINK", "LINK"),
        ("SMS", "", "EMAIL", "EMAIL"),
    ],
)
@pytest.mark.parametrize("kind", ["bill", "installment"])
def test_the_nearest_choice_counts_and_is_what_the_gateway_gets(
    shop: SandboxedMerchant, kind: str, merchants: str, customers: str, documents: str, expected: str
) -> None:
    if kind == "bill":
        make_bill(shop.merchant)
    else:
        make_subscription(
            shop.merchant, Subscription.Type.CUSTOM_SCHEDULE, total_amount=Decimal(1), custom_installments=ONLY
        )
    Merchant.objects.update(channel=merchants)
    Customer.objects.update(channel=customers)
    Bill.objects.update(channel=documents)
    Subscription.objects.update(channel=documents)
    shop.merchant.refresh_from_db()

    shop.issue()
    shop.push()

    invoice = Invoice.objects.get()
    assert (invoice.channel, invoice.delivery) == (expected, Invoice.Delivery.SENT)
    assert shop.at_gateway(invoice).channel == expected


def test_an_email_without_an_address_is_refused_before_anything_is_sent(shop: SandboxedMerchant) -> None:
    Merchant.objects.update(channel=Channel.EMAIL, falls_back=False)
    shop.merchant.refresh_from_db()
    make_bill(shop.merchant, customer_email="")

    shop.issue()
    shop.push()

    invoice, attempt = Invoice.objects.get(), DeliveryAttempt.objects.get()
    assert (invoice.status, invoice.delivery) == (Invoice.Status.OPEN, Invoice.Delivery.REJECTED)
    assert "no e-mail address" in invoice.problem
    assert attempt.outcome == DeliveryAttempt.Outcome.REFUSED
    assert shop.book()["totals"]["create_calls"] == 0
