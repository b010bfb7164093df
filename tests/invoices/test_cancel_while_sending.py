"""Taking an invoice back while it is on its way: it ends cancelled, however the sending ends, and is never stuck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from billing.clock import database_now
from billing.models import Bill
from invoices.gateway.errors import CredentialsRefused, GatewayError, Rejected, Throttled, Unavailable
from invoices.models import GatewayAccount, Invoice
from invoices.sandbox.models import FaultKind, SandboxInvoice
from invoices.services import sweeps
from invoices.services.decisions import send_again
from invoices.services.issuing import renew_invoice
from invoices.services.pushing.calls import Call
from tests.factories import make_bill
from tests.invoices.acts import cancel, end, look, look_until_sure, lose_leases
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery
Status = Invoice.Status


@pytest.fixture
def call(shop: SandboxedMerchant) -> Call:
    """A call that a worker has written down and is about to make."""
    make_bill(shop.merchant)
    shop.issue()
    (call,) = shop.claim()
    return call


@pytest.fixture
def claimed(call: Call) -> Invoice:
    return Invoice.objects.get(pk=call.invoice.id)


def assert_is_cancelled_and_can_be_followed(invoice: Invoice) -> None:
    invoice.refresh_from_db()
    assert invoice.status == Status.CANCELLED
    assert find_differences(now=database_now()) == []
    assert renew_invoice(payable=Bill.objects.get(), actor="user:1", now=database_now()).issue_no == 2


def test_a_claim_whose_worker_died_is_cancelled_once_the_gateway_says_that_it_has_nothing(
    shop: SandboxedMerchant, claimed: Invoice
) -> None:
    cancel(claimed)
    lose_leases()
    sweeps.tidy(now=database_now())
    claimed.refresh_from_db()
    assert claimed.status == Status.OPEN  # the gateway may have it

    look_until_sure(shop)

    assert shop.push() == 0
    assert shop.book()["totals"]["create_calls"] == 0
    assert_is_cancelled_and_can_be_followed(claimed)


@pytest.mark.parametrize(
    "failure",
    [
        Rejected("not this number"),
        Unavailable("no route"),
        Throttled("slowly", retry_after=5),
        CredentialsRefused("who are you"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_call_that_made_nothing_ends_in_a_cancelled_invoice(
    shop: SandboxedMerchant, call: Call, claimed: Invoice, failure: GatewayError
) -> None:
    cancel(claimed)

    end(call, failure)
    sweeps.tidy(now=database_now())

    GatewayAccount.objects.update(paused_until=None, parked_at=None)
    assert shop.push() == 0
    assert_is_cancelled_and_can_be_followed(claimed)


def undecided_contradiction(shop: SandboxedMerchant, unknown: Invoice) -> None:
    SandboxInvoice.objects.update(amount=1)
    look(shop)


@pytest.mark.parametrize(
    ("delivery", "get_there"),
    [(Delivery.UNKNOWN, lambda shop, unknown: None), (Delivery.PARKED, undecided_contradiction)],
    ids=["UNKNOWN", "PARKED"],
)
def test_sending_again_what_was_to_be_cancelled_cancels_it_and_sends_nothing(
    shop: SandboxedMerchant,
    unknown: Invoice,
    delivery: str,
    get_there: Callable[[SandboxedMerchant, Invoice], None],
) -> None:
    get_there(shop, unknown)
    cancel(unknown)
    unknown.refresh_from_db()
    assert (unknown.delivery, unknown.status) == (delivery, Status.OPEN)

    send_again(merchant_id=shop.merchant.pk, invoice_id=unknown.pk, actor="user:1", now=database_now())

    assert shop.push() == 0
    assert shop.book()["totals"]["create_calls"] == 1
    assert_is_cancelled_and_can_be_followed(unknown)


def test_an_invoice_parked_after_its_last_attempt_is_cancelled_at_once(
    shop: SandboxedMerchant, sandbox_settings: Any
) -> None:
    sandbox_settings.GATEWAY_MAX_ATTEMPTS = 1
    make_bill(shop.merchant)
    shop.issue()
    GatewayAccount.objects.update(base_url="http://127.0.0.1:9/sandbox")
    shop.push()
    parked = Invoice.objects.get()
    assert (parked.delivery, parked.unknown_since) == (Delivery.PARKED, None)

    cancel(parked)

    assert_is_cancelled_and_can_be_followed(parked)


def test_a_call_that_made_the_invoice_is_followed_by_its_cancellation(
    shop: SandboxedMerchant, unknown: Invoice
) -> None:
    cancel(unknown)
    shop.fault(FaultKind.NOTHING_FOUND, count=1)
    look(shop)
    sweeps.tidy(now=database_now())
    unknown.refresh_from_db()
    assert (unknown.status, unknown.delivery) == (Status.OPEN, Delivery.UNKNOWN)  # one empty look proves nothing

    look(shop)

    unknown.refresh_from_db()
    assert (unknown.status, unknown.delivery) == (Status.OPEN, Delivery.SENT)
    assert unknown.next_cancel_at is not None
