"""A link past its last day is cancelled at the gateway before it counts as dead, so that its successor is alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.clock import database_now
from billing.models import Bill
from invoices.models import Invoice
from invoices.sandbox.models import FaultKind, InvoiceStatus, Operation, SandboxCall
from invoices.services.issuing import renew_invoice
from tests.invoices.acts import poll
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Status = Invoice.Status


@pytest.fixture
def past(shop: SandboxedMerchant, sent: Invoice) -> Invoice:
    """Two days past its last day by our book; the gateway would still take money for it."""
    Invoice.objects.update(expires_on=shop.merchant.local_date(database_now()) - timedelta(days=3))
    return Invoice.objects.get()


def test_it_is_cancelled_there_and_expired_here_and_a_new_one_may_follow(
    shop: SandboxedMerchant, past: Invoice
) -> None:
    poll(shop)

    past.refresh_from_db()
    assert (past.status, past.cancel_requested_at) == (Status.EXPIRED, None)
    assert shop.at_gateway(past).status == InvoiceStatus.CANCELLED
    renew_invoice(payable=Bill.objects.get(), actor="user:1", now=database_now())
    shop.push()
    assert shop.book()["totals"]["not_cancelled"] == 1
    assert find_differences(now=database_now()) == []


def test_money_that_came_before_the_cancellation_is_booked(shop: SandboxedMerchant, past: Invoice) -> None:
    shop.customer_pays(past)

    poll(shop)

    past.refresh_from_db()
    assert (past.status, Bill.objects.get().status) == (Status.PAID, Bill.Status.PAID)


def test_a_gateway_that_refuses_to_cancel_what_is_past_leaves_it_to_its_date(
    shop: SandboxedMerchant, past: Invoice
) -> None:
    shop.fault(FaultKind.STATUS_FALSE, applies_to="CANCEL")

    poll(shop)

    past.refresh_from_db()
    assert past.status == Status.EXPIRED


def test_while_the_gateway_is_silent_it_stays_open(shop: SandboxedMerchant, past: Invoice) -> None:
    shop.fault(FaultKind.REFUSED_500, applies_to="ALL")

    poll(shop)

    past.refresh_from_db()
    assert past.status == Status.OPEN


def test_it_is_cancelled_once_and_only_asked_about_afterwards(shop: SandboxedMerchant, past: Invoice) -> None:
    assert [poll(shop), poll(shop)] == [1, 1]

    assert SandboxCall.objects.filter(operation=Operation.CANCEL).count() == 1
    past.refresh_from_db()
    assert past.status == Status.EXPIRED


def test_within_its_days_it_is_only_asked_about(shop: SandboxedMerchant, sent: Invoice) -> None:
    poll(shop)

    assert shop.at_gateway(sent).status == InvoiceStatus.UNPAID
    assert Invoice.objects.get().status == Status.OPEN
