"""What arrives at the callback addresses, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from billing.clock import database_now
from invoices.models import GatewayCallback, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.accounts import find_account
from invoices.sandbox.answers import compact_json, seal
from invoices.sandbox.models import SandboxTransaction
from invoices.sandbox.payments import decline_invoice, pay_invoice
from invoices.services.callbacks.processing import process_callbacks
from tests.invoices.sandbox_account import SandboxedMerchant

RETURN = "/razzbery/gateway/return"
WEBHOOK = "/razzbery/gateway/webhook"
JSON = "application/json"
PAID_ONCE = [(Decimal("150.500"), Decimal("150.500"), "")]


def sealed(shop: SandboxedMerchant, content: Any) -> str:
    """As the gateway encrypts it, by the sandbox's own cipher."""
    return seal(compact_json(content), find_account(shop.access_code))


def return_data(shop: SandboxedMerchant, **fields: Any) -> str:
    return sealed(shop, {"status": True, "code": 1, "response": fields})


def return_of(shop: SandboxedMerchant, invoice: Invoice, *, result: str = "CAPTURED") -> str:
    """The `data` of a customer whose last try at the gateway was for this invoice."""
    last = SandboxTransaction.objects.filter(invoice=shop.at_gateway(invoice)).order_by("-pk").first()
    token = last.token if last else "0" * 32
    return return_data(
        shop, resultCode=result, amount="150.500", paymentToken=token, orderReferenceNumber=invoice.reference
    )


def webhook_of(transaction: SandboxTransaction, **changes: Any) -> dict[str, Any]:
    stated = {
        "token": transaction.token,
        "amount": str(transaction.amount),
        "reference_number": transaction.invoice.reference_number,
        "status": transaction.status,
    }
    return stated | changes


def come_back(client: Client, data: str, **query: str) -> Any:
    return client.get(RETURN, {"data": data, **query})


def send_webhook(client: Client, body: Mapping[str, Any] | str | bytes, content_type: str = JSON) -> Any:
    return client.post(WEBHOOK, body, content_type=content_type)


def process() -> int:
    """What a worker does, later than any pause: everything that waits is due."""
    GatewayCallback.objects.update(next_attempt_at=database_now())
    Invoice.objects.update(last_asked_at=None)
    return process_callbacks(policy=GatewayPolicy.from_settings(), now=database_now())


def nothing_was_paid() -> bool:
    return not Payment.objects.exists() and not Invoice.objects.filter(status="PAID").exists()


def decline(shop: SandboxedMerchant, invoice: Invoice) -> SandboxTransaction:
    return decline_invoice(token=shop.at_gateway(invoice).token, now=timezone.now())


def pay(shop: SandboxedMerchant, invoice: Invoice, **options: Any) -> list[SandboxTransaction]:
    return pay_invoice(token=shop.at_gateway(invoice).token, now=timezone.now(), **options)


def booked() -> list[tuple[Decimal, Decimal, str]]:
    return list(Payment.objects.order_by("pk").values_list("amount", "applied_amount", "review_reason"))


def assert_returns_neutrally(answer: Any) -> None:
    assert answer.status_code == 303
    prefix, _, watch_id = answer["Location"].rpartition("/")
    assert prefix == "/razzbery/gateway/checking"
    assert len(watch_id) == 32
    assert set(watch_id) <= set("0123456789abcdef")
    assert answer.content == b""
    assert answer.cookies == {}


def assert_received(answer: Any) -> None:
    assert (answer.status_code, answer.content) == (200, b'{"received": true}')
    assert answer["Content-Type"] == "application/json"
    assert answer.cookies == {}
