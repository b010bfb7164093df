"""Answers that come when we believe something else: what the gateway has wins, and what it has not needs proof."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pytest_httpserver import HTTPServer

from billing.clock import database_now
from billing.models import Bill
from invoices.models import Enquiry, GatewayAccount, GatewayCallback, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind, SandboxInvoice, SandboxTransaction
from invoices.services.decisions import confirm_sent, send_again
from invoices.services.enquiries.answers import apply_answer
from invoices.services.enquiries.asking import ask_now
from invoices.services.enquiries.enquiry import Answer, ask
from invoices.services.enquiries.errands import CANCEL, POLL, run_errands
from invoices.services.gateways import client_for
from tests.factories import make_bill
from tests.invoices.acts import cancel, cancel_at_gateway, look, poll
from tests.invoices.callbacks.arrivals import process, send_webhook, webhook_of
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery
Status = Invoice.Status


def confirm(invoice: Invoice) -> None:
    confirm_sent(merchant_id=invoice.merchant_id, invoice_id=invoice.pk, actor="user:1", now=database_now())


def test_what_is_found_at_the_gateway_while_it_waits_to_be_sent_is_not_sent_twice(
    shop: SandboxedMerchant, unknown: Invoice, policy: GatewayPolicy
) -> None:
    answer = ask(client_for(shop.account), unknown)  # on its way while staff decide
    send_again(merchant_id=shop.merchant.pk, invoice_id=unknown.pk, actor="user:1", now=database_now())

    apply_answer(invoice_id=unknown.pk, answer=answer, policy=policy, now=database_now())

    unknown.refresh_from_db()
    assert (unknown.delivery, unknown.gateway_token) == (Delivery.SENT, shop.at_gateway(unknown).token)
    assert shop.push() == 0
    assert shop.book()["totals"]["not_cancelled"] == 1


def test_what_staff_confirmed_learns_its_link_when_it_is_asked_about(shop: SandboxedMerchant, unknown: Invoice) -> None:
    confirm(unknown)

    poll(shop)

    unknown.refresh_from_db()
    there = shop.at_gateway(unknown)
    assert (unknown.gateway_id, unknown.gateway_token, unknown.gateway_url) == (str(there.pk), there.token, there.url)
    assert (unknown.delivery, unknown.status) == (Delivery.SENT, Status.OPEN)


def test_what_was_to_be_cancelled_is_cancelled_at_the_gateway_once_staff_confirm_it_is_there(
    shop: SandboxedMerchant, unknown: Invoice
) -> None:
    cancel(unknown)

    confirm(unknown)
    unknown.refresh_from_db()
    assert unknown.next_cancel_at is not None
    for _ in range(2):  # the first learns its token
        cancel_at_gateway(shop)

    unknown.refresh_from_db()
    assert unknown.status == Status.CANCELLED
    assert shop.at_gateway(unknown).status == 3


def test_an_empty_answer_to_a_callback_or_to_staff_is_no_look(
    client: Client, shop: SandboxedMerchant, unknown: Invoice, policy: GatewayPolicy
) -> None:
    shop.fault(FaultKind.NOTHING_FOUND)
    look(shop)
    unknown.refresh_from_db()
    before = (unknown.delivery, unknown.looks, unknown.next_look_at, unknown.problem)
    assert before[:2] == (Delivery.UNKNOWN, 1)

    for number in range(3):
        send_webhook(client, json.dumps({"reference_number": unknown.reference, "number": number}))
        process()
        Invoice.objects.update(last_asked_at=None)
        ask_now(merchant_id=shop.merchant.pk, invoice_id=unknown.pk, policy=policy, now=database_now())

    unknown.refresh_from_db()
    assert (unknown.delivery, unknown.looks, unknown.next_look_at, unknown.problem) == before
    assert Enquiry.objects.count() == 1


def test_looks_in_a_hurry_do_not_prove_that_it_is_not_there(shop: SandboxedMerchant, unknown: Invoice) -> None:
    shop.fault(FaultKind.NOTHING_FOUND)  # the gateway's search lags behind

    for _ in range(5):
        look(shop)

    unknown.refresh_from_db()
    assert (unknown.delivery, unknown.unknown_since is None) == (Delivery.UNKNOWN, False)
    assert unknown.next_look_at is not None
    assert shop.push() == 0


def test_looks_over_the_whole_time_do(shop: SandboxedMerchant, unknown: Invoice, policy: GatewayPolicy) -> None:
    SandboxInvoice.objects.all().delete()
    for _ in range(policy.looks - 1):
        look(shop)
    Invoice.objects.update(unknown_since=database_now() - policy.looks_within)

    look(shop)

    unknown.refresh_from_db()
    assert unknown.delivery == Delivery.NEW


@pytest.mark.parametrize("way", ["poll", "webhook"])
def test_a_payment_of_nothing_is_a_contradiction(
    client: Client, shop: SandboxedMerchant, sent: Invoice, way: str
) -> None:
    shop.customer_pays(sent)
    SandboxTransaction.objects.update(amount=Decimal(0))

    if way == "poll":
        assert poll(shop) == 1
    else:
        send_webhook(client, json.dumps(webhook_of(SandboxTransaction.objects.get())))
        assert process() == 1

    sent.refresh_from_db()
    assert sent.status == Status.OPEN
    assert Enquiry.objects.get().finding == Enquiry.Finding.CONTRADICTION
    assert not Payment.objects.exists()
    assert Bill.objects.get().amount_paid == 0


@pytest.mark.parametrize(("way", "amount"), [("poll", "100.0005"), ("webhook", "0.0001")])
def test_a_payment_finer_than_we_can_book_is_a_contradiction(
    client: Client, shop: SandboxedMerchant, sent: Invoice, httpserver: HTTPServer, way: str, amount: str
) -> None:
    shop.customer_pays(sent)
    there = {"token": "T-1", "amount": amount, "reference_number": sent.reference, "status": "SUCCESSFUL"}
    httpserver.expect_request(re.compile("/api/transaction/.*")).respond_with_json({"status": True, "data": there})
    GatewayAccount.objects.update(payment_base_url=httpserver.url_for(""))

    if way == "poll":
        assert poll(shop) == 1
    else:
        send_webhook(client, json.dumps(there))
        assert process() == 1
        assert GatewayCallback.objects.get().state == GatewayCallback.State.RESOLVED

    sent.refresh_from_db()
    assert (sent.status, sent.problem) == (
        Status.OPEN,
        f"a successful payment of {amount}, which is finer than a thousandth",
    )
    assert Enquiry.objects.get().finding == Enquiry.Finding.CONTRADICTION
    assert (Payment.objects.count(), Bill.objects.get().amount_paid) == (0, 0)


def test_one_invoices_own_trouble_does_not_keep_the_others_waiting(shop: SandboxedMerchant, sent: Invoice) -> None:
    make_bill(shop.merchant, customer_phone="0790000001")
    shop.issue()
    shop.push()
    paid = Invoice.objects.exclude(pk=sent.pk).get()
    shop.customer_pays(paid)
    Invoice.objects.filter(pk=sent.pk).update(status=Status.EXPIRED, expires_on=date.max)  # no day comes after it

    poll(shop)

    sent.refresh_from_db()
    paid.refresh_from_db()
    assert (sent.status, paid.status) == (Status.EXPIRED, Status.PAID)
    assert sent.problem
    assert sent.next_poll_at is not None
    assert sent.next_poll_at > database_now()


def test_a_paid_invoice_that_is_contradicted_is_not_asked_about_again(
    shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy
) -> None:
    paid = Answer(finding=Enquiry.Finding.PAID, reference=sent.reference, paid_amount=Decimal("100.000"))
    apply_answer(invoice_id=sent.pk, answer=paid, policy=policy, now=database_now())
    sent.refresh_from_db()
    assert (sent.status, sent.next_poll_at is None) == (Status.PAID, False)  # its token may still come
    SandboxInvoice.objects.update(amount=Decimal("1.000"))

    assert poll(shop) == 1

    sent.refresh_from_db()
    assert (sent.status, sent.next_poll_at) == (Status.PAID, None)
    assert poll(shop) == 0


def test_asking_does_not_postpone_a_cancellation_that_is_due(
    shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy
) -> None:
    cancel(sent)
    Invoice.objects.update(next_poll_at=database_now())

    assert run_errands(POLL, account_id=shop.account.pk, policy=policy) == 1
    assert run_errands(CANCEL, account_id=shop.account.pk, policy=policy) == 1

    sent.refresh_from_db()
    assert sent.status == Status.CANCELLED


def test_a_callback_about_an_invoice_to_be_cancelled_does_not_postpone_it_either(
    client: Client, shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy
) -> None:
    cancel(sent)
    due = database_now() - timedelta(seconds=1)
    Invoice.objects.update(next_cancel_at=due)
    send_webhook(client, json.dumps({"reference_number": sent.reference}))

    process()

    sent.refresh_from_db()
    assert sent.next_cancel_at == due
    assert GatewayCallback.objects.get().state == "RESOLVED"
