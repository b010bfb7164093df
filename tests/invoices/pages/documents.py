"""Bills and installments as their customers find them, in every state a page can show."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client
from django.utils import timezone

from billing.models import Bill, Merchant
from billing.services.links import payment_url
from invoices.models import GatewayAccount, Invoice, Payment
from invoices.services.issuing import issue_due, renew_invoice
from invoices.services.payables import Payable, invoices_of, link_target
from tests.factories import make_bill, make_merchant
from tests.staff import make_staff

HIDDEN = re.compile(r'name="form" value="([^"]+)"')
GATEWAY_LINK = "https://pay.gateway.test/invoice/8c1f"


def make_shop(username: str = "razzbery", **kwargs: Any) -> Merchant:
    """A merchant that can be paid: with a phone for help and a gateway account."""
    stated = {"name_ar": "رازبيري للحلول", "language": "en", "help_phone": "06 500 0000"}
    merchant = make_merchant(username, **stated | kwargs)
    make_account(merchant)
    return merchant


def make_account(merchant: Merchant, **kwargs: Any) -> GatewayAccount:
    stated: dict[str, Any] = {
        "base_url": "https://api.gateway.test",
        "payment_base_url": "https://payments.gateway.test",
        "merchant_code": "842217",
        "access_code": "c333729b-d060-4b74-a49d-7686a8353481",
        "secret_key": "PkW64zMe5NVdrlPVNnjo2Jy9nOb7v1Xg",
        "iv_key": "5NVdrlPVNnjo2Jy9",
        "currency": merchant.currency,
        "link_hosts": ["pay.gateway.test"],
    }
    return GatewayAccount.objects.create(merchant=merchant, **stated | kwargs)


def today_of(merchant: Merchant) -> date:
    return merchant.local_date(timezone.now())


def owed_bill(merchant: Merchant, *, days: int = 3, **kwargs: Any) -> Bill:
    """A bill due in so many days, its invoice sent and its link known."""
    bill = make_bill(merchant, due_date=today_of(merchant) + timedelta(days=days), **kwargs)
    send_invoice(bill)
    return bill


def send_invoice(payable: Payable, **fields: Any) -> Invoice:
    """The payable's invoice, made if need be, as it is once the gateway has it, but for the fields stated."""
    issue_due(merchant=payable.merchant, now=timezone.now())
    payable.refresh_from_db()
    if not invoices_of(payable).exists():
        renew_invoice(payable=payable, actor="system", now=timezone.now())
    sent = {"delivery": "SENT", "sent_at": timezone.now(), "gateway_url": GATEWAY_LINK, "gateway_id": "71"}
    return change_invoice(payable, **sent | fields)


def change_invoice(payable: Payable, **fields: Any) -> Invoice:
    invoices_of(payable).update(**fields)
    return invoices_of(payable).get()


def part_paid(bill: Bill, amount: Decimal) -> Bill:
    """As after cash: a part is settled, and a new invoice asks for the rest."""
    bill.amount_paid = amount
    bill.save()
    change_invoice(bill, amount=bill.amount_due)
    return bill


def paid(bill: Bill) -> Bill:
    now = timezone.now()
    bill.amount_paid, bill.status, bill.paid_at = bill.amount, Bill.Status.PAID, now
    bill.save()
    change_invoice(bill, status="PAID", paid_at=now)
    return bill


def take(bill: Bill, amount: str, *, days_ago: int = 0, **fields: Any) -> Payment:
    """As cash is recorded; what the bill owes is not touched."""
    stated: dict[str, Any] = {
        "merchant": bill.merchant,
        "customer": bill.customer,
        "bill": bill,
        "method": Payment.Method.CASH,
        "currency": bill.currency,
        "amount": Decimal(amount),
        "applied_amount": Decimal(amount),
        "recorded_by": make_staff(bill.merchant, username=f"cashier-{Payment.objects.count()}"),
        "received_at": timezone.now() - timedelta(days=days_ago),
    }
    return Payment.objects.create(**stated | fields)


def page_of(payable: Payable) -> str:
    """The path of its payment page."""
    target = link_target(payable)
    address = payment_url(
        merchant_username=payable.merchant.username,
        kind=target.kind,
        payable_id=target.subject_id,
        version=target.version,
    )
    return urlsplit(address).path


def form_of(client: Client, path: str, act: str = "pay") -> dict[str, str]:
    return form_in(client.get(path).content.decode(), act)


def form_in(text: str, act: str = "pay") -> dict[str, str]:
    """What the page's form with this button sends."""
    found = re.search(HIDDEN.pattern + rf'>\s*<button class="[^"]*" name="act" value="{act}"', text)
    assert found is not None
    return {"form": found.group(1), "act": act}


def press(client: Client, path: str, form: dict[str, str], **headers: Any) -> Any:
    """As a browser sends a form, its fields URL-encoded."""
    return client.post(path, urlencode(form), content_type="application/x-www-form-urlencoded", headers=headers)
