"""Customers with something to pay, and the addresses of their pages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Customer, Merchant, Role
from billing.services.links import customer_url
from invoices.models import Payment
from subscriptions.models import Subscription
from tests.factories import make_subscription
from tests.invoices.pages.documents import owed_bill, send_invoice, today_of
from tests.staff import make_staff

PHONE = "0777839071"


def three_dues(shop: Merchant, **kwargs: Any) -> Customer:
    """150.500 five days late, 300.000 of a plan due today, and 20.250 due in three days: 470.750 in all."""
    overdue = owed_bill(shop, days=-5, **kwargs)
    send_invoice(plan_due_today(shop).installments.get(sequence=1))
    owed_bill(shop, days=3, service_type="Internet", amount=Decimal("20.250"), **kwargs)
    return overdue.customer


def plan_due_today(shop: Merchant, **kwargs: Any) -> Subscription:
    """Two payments of 300.000, today and in a month."""
    today = today_of(shop)
    return make_subscription(
        shop,
        Subscription.Type.CUSTOM_SCHEDULE,
        total_amount=Decimal("600.000"),
        custom_installments=tuple((today + timedelta(days=days), Decimal("300.000"), "") for days in (0, 30)),
        **kwargs,
    )


def cash_for(bill: Bill, amount: Decimal) -> Payment:
    """Taken by a cashier, as the statement tells it."""
    return Payment.objects.create(
        merchant=bill.merchant,
        customer=bill.customer,
        bill=bill,
        method="CASH",
        amount=amount,
        applied_amount=amount,
        currency=bill.currency,
        recorded_by=make_staff(bill.merchant, Role.CASHIER, username="cashier"),
        received_at=timezone.now(),
    )


def list_of(customer: Customer) -> str:
    """The path of the customer's page, as things stand now."""
    fresh = Customer.objects.select_related("merchant").get(pk=customer.pk)
    address = customer_url(merchant_username=fresh.merchant.username, customer=fresh)
    return urlsplit(address.removeprefix(settings.PUBLIC_BASE_URL)).path


def read(client: Client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    return page.content.decode()
