"""Money that comes late, or for the other of two: whatever we believe of the invoice, it is found and booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.clock import database_now
from billing.models import Bill
from invoices.models import Invoice, Payment
from invoices.sandbox.models import InvoiceStatus, SandboxInvoice, SandboxTransaction
from invoices.sandbox.payments import pay_invoice
from tests.factories import make_bill
from tests.invoices.acts import cancel, cancel_at_gateway, look, poll
from tests.invoices.callbacks.arrivals import booked, pay
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

HUNDRED = Decimal("100.000")
Status = Invoice.Status


@pytest.fixture
def doubled(shop: SandboxedMerchant, unknown: Invoice) -> tuple[SandboxInvoice, SandboxInvoice]:
    """Two invoices at the gateway for one reference, the older first."""
    older = shop.at_gateway(unknown)
    later = SandboxInvoice.objects.get(pk=older.pk)
    later.pk, later.token = None, "later-token"
    later.save(force_insert=True)
    return older, later


@pytest.mark.parametrize("which", ["the older", "the later"])
def test_the_paid_one_of_two_is_booked_and_the_other_cancelled(
    shop: SandboxedMerchant, unknown: Invoice, doubled: tuple[SandboxInvoice, SandboxInvoice], which: str
) -> None:
    paid, unpaid = doubled if which == "the older" else reversed(doubled)
    (transaction,) = pay_invoice(token=paid.token, now=timezone.now())

    look(shop)

    unknown.refresh_from_db()
    unpaid.refresh_from_db()
    assert (unknown.status, unknown.gateway_token) == (Status.PAID, paid.token)
    assert Payment.objects.get().transaction_token == transaction.token
    assert booked() == [(HUNDRED, HUNDRED, "")]
    assert unpaid.status == InvoiceStatus.CANCELLED
    assert find_differences(now=database_now()) == []


def test_when_both_of_two_are_paid_the_bill_is(
    shop: SandboxedMerchant, unknown: Invoice, doubled: tuple[SandboxInvoice, SandboxInvoice]
) -> None:
    for double in doubled:
        pay_invoice(token=double.token, now=timezone.now())

    assert look(shop) == 1

    unknown.refresh_from_db()
    assert unknown.status == Status.PAID
    assert booked() == [(HUNDRED, HUNDRED, "")]
    assert Bill.objects.get().status == Bill.Status.PAID


def succeed_late() -> None:
    """The bank has decided, though the gateway's invoice is no longer payable."""
    SandboxTransaction.objects.update(status="SUCCESSFUL", paid_at=timezone.now())


def test_a_payment_begun_before_a_link_expired_is_found_after(shop: SandboxedMerchant, sent: Invoice) -> None:
    pay(shop, sent, stays_pending=True)
    today = shop.merchant.local_date(database_now())
    Invoice.objects.update(expires_on=today - timedelta(days=2))
    poll(shop)
    sent.refresh_from_db()
    assert (sent.status, sent.next_poll_at is None) == (Status.EXPIRED, False)

    poll(shop)
    sent.refresh_from_db()
    assert (sent.status, sent.next_poll_at is None) == (Status.EXPIRED, False)  # still pending, still asked about
    succeed_late()
    SandboxInvoice.objects.update(status=InvoiceStatus.PAID)
    poll(shop)

    sent.refresh_from_db()
    assert sent.status == Status.PAID
    assert booked() == [(HUNDRED, HUNDRED, "")]
    assert find_differences(now=database_now()) == []


def test_a_payment_begun_before_a_link_was_cancelled_is_found_after(shop: SandboxedMerchant, sent: Invoice) -> None:
    pay(shop, sent, stays_pending=True)
    cancel(sent)
    cancel_at_gateway(shop)
    sent.refresh_from_db()
    assert (sent.status, sent.next_poll_at is None) == (Status.CANCELLED, False)

    poll(shop)
    assert booked() == []
    succeed_late()
    poll(shop)

    sent.refresh_from_db()
    assert sent.status == Status.CANCELLED
    assert booked() == [(HUNDRED, HUNDRED, Payment.Review.PAID_AFTER_CANCEL)]
    assert Bill.objects.get().status == Bill.Status.PAID
    assert find_differences(now=database_now()) == []


def test_money_for_a_cancelled_link_is_booked_once(shop: SandboxedMerchant, sent: Invoice) -> None:
    pay(shop, sent, stays_pending=True)
    cancel(sent)
    cancel_at_gateway(shop)
    succeed_late()

    for _ in range(3):
        poll(shop)

    assert booked() == [(HUNDRED, HUNDRED, Payment.Review.PAID_AFTER_CANCEL)]


def close(invoice: Invoice, status: str, *, at: datetime) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(
        status=status,
        expires_on=at.date(),
        paid_at=at if status == Status.PAID else None,
        cancelled_at=at if status == Status.CANCELLED else None,
    )


def let_it_be_there(state: str) -> None:
    if state == "paid":
        succeed_late()
        SandboxInvoice.objects.update(status=InvoiceStatus.PAID)
    elif state == "cancelled":
        SandboxInvoice.objects.update(status=InvoiceStatus.CANCELLED)
    elif state == "gone":
        SandboxInvoice.objects.all().delete()


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (Status.CANCELLED, "paid"),
        (Status.CANCELLED, "unpaid"),
        (Status.CANCELLED, "cancelled"),
        (Status.CANCELLED, "gone"),
        (Status.EXPIRED, "paid"),
        (Status.EXPIRED, "unpaid"),
        (Status.EXPIRED, "cancelled"),
        (Status.EXPIRED, "gone"),
        (Status.PAID, "unpaid"),
        (Status.PAID, "cancelled"),
        (Status.PAID, "gone"),
    ],
)
def test_a_closed_invoice_is_asked_about_seldom_whatever_the_answer(
    shop: SandboxedMerchant, sent: Invoice, here: str, there: str
) -> None:
    pay(shop, sent, stays_pending=True)
    close(sent, here, at=database_now() - timedelta(days=1))
    let_it_be_there(there)

    assert poll(shop) == 1

    sent.refresh_from_db()
    assert sent.next_poll_at is None or sent.next_poll_at - database_now() > timedelta(minutes=30)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (Status.CANCELLED, "unpaid"),
        (Status.CANCELLED, "cancelled"),
        (Status.CANCELLED, "gone"),
        (Status.EXPIRED, "unpaid"),
        (Status.EXPIRED, "gone"),
    ],
)
def test_an_invoice_that_died_long_ago_is_no_longer_asked_about(
    shop: SandboxedMerchant, sent: Invoice, here: str, there: str
) -> None:
    close(sent, here, at=database_now() - timedelta(days=10))
    let_it_be_there(there)

    poll(shop)

    sent.refresh_from_db()
    assert (sent.status, sent.next_poll_at) == (here, None)


def test_an_invoice_cancelled_before_it_was_sent_is_never_asked_about(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()

    cancelled = cancel(Invoice.objects.get())

    assert (cancelled.status, cancelled.next_poll_at) == (Status.CANCELLED, None)
