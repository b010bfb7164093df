"""Staff send one invoice by another channel: the old link dies first, and the successor goes the chosen way."""

from __future__ import annotations

import pytest

from billing.clock import database_now
from billing.models import Bill, Channel, Customer
from billing.services import EmailMissing
from invoices.models import Invoice
from invoices.sandbox.models import FaultKind, InvoiceStatus
from invoices.services import sweeps
from invoices.services.switching import CannotSwitch, SameChannel, switch_channel
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import cancel, cancel_at_gateway, tidy_later
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Status = Invoice.Status


def switch(invoice: Invoice, channel: Channel) -> Invoice:
    return switch_channel(
        merchant_id=invoice.merchant_id,
        invoice_id=invoice.pk,
        channel=channel,
        actor="user:1",
        now=database_now(),
    )


def assert_nothing_happened(invoice: Invoice) -> None:
    found = Invoice.objects.get()
    assert (found.next_channel, found.channel) == ("", invoice.channel)
    assert (found.renew_when_cancelled, found.cancel_reason) == (False, invoice.cancel_reason)


def test_the_old_one_is_cancelled_at_the_gateway_before_the_new_one_goes_out(
    shop: SandboxedMerchant, sent: Invoice
) -> None:
    switch(sent, Channel.WHATSAPP)
    sweeps.tidy(now=database_now())
    assert Invoice.objects.get().status == Status.OPEN

    cancel_at_gateway(shop)
    sweeps.tidy(now=database_now())
    shop.push()

    sent.refresh_from_db()
    successor = Invoice.objects.live().get()
    assert (sent.status, sent.cancel_reason) == (Status.CANCELLED, Invoice.CancelReason.REPLACED)
    assert shop.at_gateway(sent).status == InvoiceStatus.CANCELLED
    assert (successor.channel, shop.at_gateway(successor).channel) == (Channel.WHATSAPP, Channel.WHATSAPP)
    assert Bill.objects.get().channel == ""
    assert find_differences(now=database_now()) == []


def test_a_refused_one_is_replaced_without_a_call(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()
    Invoice.objects.update(delivery=Invoice.Delivery.REJECTED)
    refused = Invoice.objects.get()

    switch(refused, Channel.LINK)
    sweeps.tidy(now=database_now())

    assert Invoice.objects.live().get().channel == Channel.LINK
    assert shop.book()["totals"]["create_calls"] == 0


def test_money_that_comes_in_that_moment_counts_and_nothing_follows(shop: SandboxedMerchant, sent: Invoice) -> None:
    switch(sent, Channel.LINK)
    shop.customer_pays(sent)

    cancel_at_gateway(shop)
    assert tidy_later()["renewed"] == 0

    assert Bill.objects.get().status == Bill.Status.PAID
    assert Invoice.objects.get().status == Status.PAID


def test_while_the_gateway_does_not_confirm_there_is_no_second_link(shop: SandboxedMerchant, sent: Invoice) -> None:
    switch(sent, Channel.LINK)
    shop.fault(FaultKind.REFUSED_500, applies_to="ALL")

    cancel_at_gateway(shop)
    tidy_later()

    assert Invoice.objects.get().status == Status.OPEN


def test_email_is_refused_where_there_is_no_address(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant, customer_email="")
    shop.issue()
    invoice = Invoice.objects.get()

    with pytest.raises(EmailMissing):
        switch(invoice, Channel.EMAIL)

    assert_nothing_happened(invoice)


def test_an_address_that_was_found_since_will_do(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant, customer_email="")
    shop.issue()
    Customer.objects.update(email="info@razzbery.com")

    switch(Invoice.objects.get(), Channel.EMAIL)
    sweeps.tidy(now=database_now())
    shop.push()

    successor = Invoice.objects.live().get()
    assert (successor.delivery, successor.customer_email) == (Invoice.Delivery.SENT, "info@razzbery.com")


def test_the_same_channel_is_no_other(sent: Invoice) -> None:
    with pytest.raises(SameChannel):
        switch(sent, Channel.SMS)

    assert_nothing_happened(sent)


def test_what_is_being_cancelled_is_not_sent_another_way(sent: Invoice) -> None:
    cancel(sent)
    sent.refresh_from_db()

    with pytest.raises(CannotSwitch):
        switch(sent, Channel.LINK)

    assert_nothing_happened(sent)


def test_another_merchants_invoice_does_not_exist(sent: Invoice) -> None:
    stranger = make_merchant("stranger")

    with pytest.raises(Invoice.DoesNotExist):
        switch_channel(
            merchant_id=stranger.pk, invoice_id=sent.pk, channel=Channel.LINK, actor="user:9", now=database_now()
        )

    assert_nothing_happened(sent)
