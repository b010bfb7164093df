"""A gateway that answers 429 is well and wants peace: the account waits, and nothing counts as failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from billing.clock import database_now
from invoices.models import GatewayAccount, Invoice
from invoices.sandbox.models import FaultKind, SandboxCall
from tests.factories import make_bill
from tests.invoices.acts import cancel, cancel_at_gateway, look, poll
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


def let_the_pause_pass() -> None:
    GatewayAccount.objects.update(paused_until=None)
    Invoice.objects.update(next_attempt_at=database_now())


def test_a_429_that_asks_for_no_pause_gets_half_of_ours(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.TOO_MANY, seconds=0)
    before = database_now()

    shop.push()
    shop.push()

    account, invoice = GatewayAccount.objects.get(), Invoice.objects.get()
    assert account.paused_until is not None
    assert account.paused_until - before >= timedelta(seconds=15)
    assert (invoice.delivery, account.consecutive_failures) == (Invoice.Delivery.NEW, 0)
    assert shop.book()["totals"]["create_calls"] == 1


def test_a_429_is_none_of_the_attempts_an_invoice_has(shop: SandboxedMerchant, sandbox_settings: Any) -> None:
    sandbox_settings.GATEWAY_MAX_ATTEMPTS = 2
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.TOO_MANY, seconds=0)
    for _ in range(4):
        assert shop.push() == 1
        let_the_pause_pass()
        assert Invoice.objects.get().delivery == Invoice.Delivery.NEW

    shop.no_faults()
    shop.push()

    assert Invoice.objects.get().delivery == Invoice.Delivery.SENT


def run_poll(shop: SandboxedMerchant, sent: Invoice) -> int:
    return poll(shop)


def run_cancel(shop: SandboxedMerchant, sent: Invoice) -> int:
    if sent.cancel_requested_at is None:
        cancel(sent)
    return cancel_at_gateway(shop)


def run_look(shop: SandboxedMerchant, sent: Invoice) -> int:
    Invoice.objects.update(delivery=Invoice.Delivery.UNKNOWN, next_look_at=database_now())
    return look(shop)


@pytest.mark.parametrize(
    ("run", "applies_to"),
    [(run_poll, "ENQUIRE"), (run_cancel, "CANCEL"), (run_look, "ENQUIRE")],
    ids=["poll", "cancel", "look"],
)
def test_a_429_on_an_errand_pauses_the_account_as_long_as_asked(
    shop: SandboxedMerchant, sent: Invoice, run: Callable[[SandboxedMerchant, Invoice], int], applies_to: str
) -> None:
    shop.fault(FaultKind.TOO_MANY, applies_to=applies_to, seconds=60)

    assert run(shop, sent) == 0

    account = GatewayAccount.objects.get()
    assert account.paused_until is not None
    assert timedelta(seconds=50) < account.paused_until - database_now() <= timedelta(seconds=60)
    assert (account.consecutive_failures, account.breaker_open_until) == (0, None)
    calls = SandboxCall.objects.count()
    assert poll(shop) == 0
    assert SandboxCall.objects.count() == calls
