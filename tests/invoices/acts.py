"""What tests do again and again: run what is due as a worker would, let time pass, take cash."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connections
from django.db.models import F

from billing.clock import database_now
from billing.models import User
from invoices.models import DeliveryAttempt, Enquiry, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.services import sweeps
from invoices.services.cancelling import cancel_invoice
from invoices.services.enquiries.answers import apply_answer
from invoices.services.enquiries.enquiry import Answer
from invoices.services.enquiries.errands import CANCEL, LOOK, POLL, Errand, run_errands
from invoices.services.pushing.calls import Call, Ended
from invoices.services.pushing.leases import release_expired_leases
from invoices.services.pushing.outcomes import record_outcomes
from invoices.services.resending import resend_invoice
from invoices.services.takings import take_payment
from tests.invoices.sandbox_account import SandboxedMerchant


def look(shop: SandboxedMerchant) -> int:
    """Run the looks, the pause between two of them over."""
    return _run_now(LOOK, shop)


def look_until_sure(shop: SandboxedMerchant) -> None:
    """Empty looks enough, and long enough after."""
    policy = GatewayPolicy.from_settings()
    for _ in range(policy.looks):
        Invoice.objects.exclude(unknown_since=None).update(unknown_since=database_now() - policy.looks_within)
        look(shop)


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


def end(call: Call, failure: Exception) -> None:
    """A worker's call comes back like this, and is recorded."""
    ended = [Ended(call=call, failure=failure)]
    record_outcomes(ended, policy=GatewayPolicy.from_settings(), now=database_now())


def lose_leases() -> None:
    """Whoever held claims is dead, their leases have run out, and a sweep has seen it."""
    let_leases_run_out()
    release_expired_leases(now=database_now())


def resend(invoice: Invoice) -> DeliveryAttempt:
    return resend_invoice(
        merchant_id=invoice.merchant_id,
        invoice_id=invoice.pk,
        actor="user:1",
        policy=GatewayPolicy.from_settings(),
        now=database_now(),
    )


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


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Run them in threads of their own, begun together and in this order; what they raised."""
    failures: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return failures


def paid_answer(invoice: Invoice, *, token: str = "T-1", amount: str = "") -> Answer:
    """As the gateway says that an invoice was paid; the whole of it unless stated."""
    return Answer(
        finding=Enquiry.Finding.PAID,
        reference=invoice.reference,
        paid_amount=Decimal(amount) if amount else invoice.amount,
        transaction_token=token,
    )


def book(invoice: Invoice, answer: Answer) -> None:
    """Let an answer take effect, as any worker does that got it."""
    apply_answer(invoice_id=invoice.pk, answer=answer, policy=GatewayPolicy.from_settings(), now=database_now())
