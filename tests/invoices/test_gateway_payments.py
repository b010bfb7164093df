"""Payments through the link: believed only when the gateway says so, booked once, settled downwards."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections

from billing.clock import database_now
from billing.models import Bill
from billing.services import cancel_bill
from invoices.models import Enquiry, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind, SandboxInvoice, SandboxTransaction
from invoices.services import sweeps
from invoices.services.callbacks.keeping import keep_callback
from invoices.services.callbacks.processing import process_callbacks
from invoices.services.enquiries.errands import CANCEL, POLL, run_errands
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import book, paid_answer
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Status = Invoice.Status


@pytest.fixture
def sent(shop: SandboxedMerchant) -> Invoice:
    """Over 150.500, as the documents' own example."""
    make_bill(shop.merchant, amount=Decimal("150.500"))
    shop.issue()
    shop.push()
    return Invoice.objects.get()


def poll(shop: SandboxedMerchant) -> int:
    Invoice.objects.exclude(next_poll_at=None).update(next_poll_at=database_now())
    return run_errands(POLL, account_id=shop.account.pk, policy=GatewayPolicy.from_settings())


def cancel_at_gateway(shop: SandboxedMerchant) -> int:
    Invoice.objects.exclude(next_cancel_at=None).update(next_cancel_at=database_now())
    return run_errands(CANCEL, account_id=shop.account.pk, policy=GatewayPolicy.from_settings())


def test_a_payment_whose_callbacks_are_all_lost_is_found_by_polling(shop: SandboxedMerchant, sent: Invoice) -> None:
    shop.customer_pays(sent)

    assert poll(shop) == 1

    payment, bill = Payment.objects.get(), Bill.objects.get()
    assert (payment.amount, payment.applied_amount, payment.review_reason) == (
        Decimal("150.500"),
        Decimal("150.500"),
        "",
    )
    assert payment.transaction_token == SandboxTransaction.objects.get().token
    assert payment.enquiry is not None
    assert (bill.status, bill.amount_paid) == (Bill.Status.PAID, Decimal("150.500"))
    sent.refresh_from_db()
    assert (sent.status, sent.next_poll_at) == (Status.PAID, None)
    assert poll(shop) == 0
    assert find_differences(now=database_now()) == []


def test_an_open_invoice_is_asked_about_less_and_less_often(shop: SandboxedMerchant, sent: Invoice) -> None:
    pauses = []
    for age in (timedelta(0), timedelta(hours=3), timedelta(days=3), timedelta(days=29)):
        Invoice.objects.update(created_at=database_now() - age)
        poll(shop)
        sent.refresh_from_db()
        assert sent.next_poll_at is not None
        pauses.append(round((sent.next_poll_at - database_now()).total_seconds() / 60))

    assert pauses == [5, 30, 60, 60]
    assert not Enquiry.objects.exists()  # nothing new was learned


def test_the_last_installment_paid_completes_the_plan(shop: SandboxedMerchant) -> None:
    plan = make_subscription(shop.merchant, "CUSTOM_SCHEDULE")
    shop.issue()
    shop.push()

    for invoice in Invoice.objects.all():
        plan.refresh_from_db()
        assert plan.status == Subscription.Status.ACTIVE
        shop.customer_pays(invoice)
        poll(shop)

    plan.refresh_from_db()
    assert plan.status == Subscription.Status.COMPLETED
    assert set(plan.installments.values_list("status", flat=True)) == {Installment.Status.PAID}
    assert find_differences(now=database_now()) == []


def test_one_transaction_booked_by_ten_at_once_is_one_payment(sent: Invoice) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite runs writers one after another")
    barrier = threading.Barrier(10)
    failures: list[BaseException] = []

    def settle() -> None:
        barrier.wait()
        try:
            book(sent, paid_answer(sent))
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    settlers = [threading.Thread(target=settle) for _ in range(10)]
    for each in settlers:
        each.start()
    for each in settlers:
        each.join()

    assert failures == []
    assert Payment.objects.count() == 1
    assert Bill.objects.get().amount_paid == Decimal("150.500")


def test_the_database_itself_refuses_the_same_transaction_twice(sent: Invoice) -> None:
    book(sent, paid_answer(sent))
    twin = Payment.objects.get()
    twin.pk = None
    twin.receipt_no = "one of its own"

    with pytest.raises(IntegrityError):
        twin.save(force_insert=True)


def test_two_transactions_for_one_invoice_are_both_kept_and_the_second_is_shown_to_staff(sent: Invoice) -> None:
    book(sent, paid_answer(sent, token="first"))
    book(sent, paid_answer(sent, token="second"))

    second = Payment.objects.get(transaction_token="second")
    assert (second.applied_amount, second.review_reason) == (Decimal(0), Payment.Review.OVERPAID)
    assert Bill.objects.get().amount_paid == Decimal("150.500")


def test_a_short_payment_kills_the_link_and_a_new_invoice_asks_for_the_rest(
    shop: SandboxedMerchant, sent: Invoice
) -> None:
    book(sent, paid_answer(sent, amount="100.000"))

    bill = Bill.objects.get()
    assert (bill.status, bill.amount_paid) == (Bill.Status.PENDING, Decimal(100))
    assert Payment.objects.get().review_reason == Payment.Review.SHORT
    assert sweeps.tidy(now=database_now())["renewed"] == 0  # the old link is still alive
    cancel_at_gateway(shop)
    assert shop.at_gateway(sent).status == 3

    assert sweeps.tidy(now=database_now())["renewed"] == 0  # a moment's patience
    later = database_now() + timedelta(minutes=3)
    assert sweeps.tidy(now=later)["renewed"] == 1
    assert sweeps.tidy(now=later)["renewed"] == 0

    rest = Invoice.objects.live().get()
    assert (rest.amount, rest.issue_no) == (Decimal("50.500"), 2)
    assert find_differences(now=database_now()) == []


def test_money_for_a_cancelled_bill_is_kept_and_shown_to_staff(shop: SandboxedMerchant, sent: Invoice) -> None:
    shop.customer_pays(sent)
    cancel_bill(merchant_id=shop.merchant.pk, bill_id=sent.bill_id, reason="", actor="user:1", now=database_now())
    sweeps.tidy(now=database_now())

    cancel_at_gateway(shop)

    payment, bill = Payment.objects.get(), Bill.objects.get()
    assert (payment.applied_amount, payment.review_reason) == (Decimal(0), Payment.Review.PAID_AFTER_CANCEL)
    assert (bill.status, bill.amount_paid) == (Bill.Status.CANCELLED, Decimal(0))
    assert find_differences(now=database_now()) == []


def test_a_cancelled_bill_takes_its_link_at_the_gateway_with_it(shop: SandboxedMerchant, sent: Invoice) -> None:
    cancel_bill(merchant_id=shop.merchant.pk, bill_id=sent.bill_id, reason="", actor="user:1", now=database_now())

    assert sweeps.tidy(now=database_now())["outdated"] == 1
    assert cancel_at_gateway(shop) == 1

    sent.refresh_from_db()
    assert (sent.status, sent.cancel_reason) == (Status.CANCELLED, Invoice.CancelReason.PAYABLE_CANCELLED)
    assert shop.at_gateway(sent).status == 3


@pytest.mark.parametrize("kind", [FaultKind.DROPPED, FaultKind.HTML_500, FaultKind.REFUSED_500])
def test_a_cancellation_of_unknown_outcome_is_asked_about_and_repeated(
    shop: SandboxedMerchant, sent: Invoice, kind: FaultKind
) -> None:
    cancel_bill(merchant_id=shop.merchant.pk, bill_id=sent.bill_id, reason="", actor="user:1", now=database_now())
    sweeps.tidy(now=database_now())
    shop.fault(kind, applies_to="CANCEL", count=1)

    cancel_at_gateway(shop)
    cancel_at_gateway(shop)

    sent.refresh_from_db()
    assert sent.status == Status.CANCELLED
    assert shop.at_gateway(sent).status == 3


def test_an_unpaid_invoice_past_its_day_expires_after_a_last_question(shop: SandboxedMerchant, sent: Invoice) -> None:
    today = shop.merchant.local_date(database_now())
    Invoice.objects.update(expires_on=today - timedelta(days=1))
    poll(shop)
    sent.refresh_from_db()
    assert sent.status == Status.OPEN  # the gateway's day may not have ended

    Invoice.objects.update(expires_on=today - timedelta(days=2))
    poll(shop)

    sent.refresh_from_db()
    assert sent.status == Status.EXPIRED
    assert shop.issue() == 0  # renewal is not the sweep's to decide


def test_an_invoice_that_staff_cancelled_in_the_gateways_panel_is_cancelled_here_too(
    shop: SandboxedMerchant, sent: Invoice
) -> None:
    SandboxInvoice.objects.update(status=3)

    poll(shop)

    sent.refresh_from_db()
    assert sent.status == Status.CANCELLED


def test_a_claim_to_have_paid_is_nothing_without_the_gateways_word(
    shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy
) -> None:
    forged = b'{"token": "T-FORGED", "status": "SUCCESSFUL", "amount": "150.500", "reference_number": "%s"}'
    keep_callback(
        merchant=shop.merchant,
        kind="WEBHOOK",
        payload=forged % sent.reference.encode(),
        content_type="application/json",
        inbox_limit=10,
        now=database_now(),
    )

    assert process_callbacks(policy=policy, now=database_now()) == 1

    sent.refresh_from_db()
    assert sent.status == Status.OPEN
    assert not Payment.objects.exists()


def test_a_cheap_real_payment_does_not_pay_a_dear_invoice(
    shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy
) -> None:
    make_bill(shop.merchant, amount=Decimal("0.100"), customer_phone="0790000001")
    shop.issue()
    shop.push()
    cheap = Invoice.objects.get(amount=Decimal("0.100"))
    shop.customer_pays(cheap)
    token = SandboxTransaction.objects.get().token
    body = f'{{"token": "{token}", "status": "SUCCESSFUL", "reference_number": "{sent.reference}"}}'

    keep_callback(
        merchant=shop.merchant,
        kind="WEBHOOK",
        payload=body.encode(),
        content_type="application/json",
        inbox_limit=10,
        now=database_now(),
    )
    process_callbacks(policy=policy, now=database_now())

    sent.refresh_from_db()
    assert sent.status == Status.OPEN
    assert not Payment.objects.filter(invoice=sent).exists()


def test_however_many_callbacks_come_the_gateway_is_asked_once_a_minute(
    shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy, monkeypatch: Any
) -> None:
    for index in range(30):
        keep_callback(
            merchant=shop.merchant,
            kind="WEBHOOK",
            payload=f'{{"reference_number": "{sent.reference}", "token": "T-{index}"}}'.encode(),
            content_type="application/json",
            inbox_limit=100,
            now=database_now(),
        )
    from invoices.sandbox.models import SandboxCall

    before = SandboxCall.objects.count()
    for _ in range(5):
        process_callbacks(policy=policy, now=database_now())

    assert SandboxCall.objects.count() - before <= 2  # the transaction, then the invoice
