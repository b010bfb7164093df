"""What tests do again and again: run what is due as a worker would, let time pass, take cash."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F

from billing.clock import database_now
from billing.models import User
from invoices.models import Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.services import sweeps
from invoices.services.cancelling import cancel_invoice
from invoices.services.errands import CANCEL, LOOK, POLL, Errand, run_errands
from invoices.services.takings import take_payment
from tests.invoices.sandbox_account import SandboxedMerchant


def look(shop: SandboxedMerchant) -> int:
    """Run the looks, the pause between two of them over."""
    return _run_now(LOOK, shop)


def poll(shop: SandboxedMerchant) -> int:
    return _run_now(POLL, shop)


def cancel_at_gateway(shop: SandboxedMerchant) -> int:
    return _run_now(CANCEL, shop)


def _run_now(errand: Errand, shop: SandboxedMerchant) -> int:
    Invoice.objects.exclude(**{errand.due: None}).update(**{errand.due: database_now()})
    return run_errands(errand, account_id=shop.account.pk, policy=GatewayPolicy.from_settings())


def tidy_later() -> dict[str, int]:
    """Tidy when a renewal no longer waits for a cashier."""
    Invoice.objects.exclude(cancelled_at=None).update(cancelled_at=F("cancelled_at") - timedelta(minutes=3))
    return sweeps.tidy(now=database_now())


def let_leases_run_out() -> None:
    Invoice.objects.exclude(lease_until=None).update(lease_until=database_now())


def cancel(invoice: Invoice) -> Invoice:
    return cancel_invoice(merchant_id=invoice.merchant_id, invoice_id=invoice.pk, actor="user:1", now=database_now())


def take(payable: Any, amount: str) -> Payment:
    cashier, _ = User.objects.get_or_create(username="cashier", defaults={"is_staff": True})
    return take_payment(
        payable=payable,
        method=Payment.Method.CASH,
        amount=Decimal(amount),
        recorded_by=cashier,
        note="at the counter",
        policy=GatewayPolicy.from_settings(),
        now=database_now(),
    )
