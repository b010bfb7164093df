"""One settlement for every way a payment becomes known."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from billing.models import Event
from billing.services import record_event
from invoices.gateway.codes import InvoiceStatus
from invoices.models import Invoice, Payment
from invoices.services.cancelling import mark_cancelled, request_cancel, request_cancel_of_others
from invoices.services.enquiries.enquiry import Answer, store_enquiry
from invoices.services.invoice_events import record_invoice_event
from invoices.services.payables import invoices_of, settle_payable
from invoices.services.provisional_payments import take_transaction
from invoices.services.receipt_emails.rows import owe_receipt_email
from invoices.services.receipts import give_receipt_number

logger = logging.getLogger(__name__)

Review = Payment.Review
_TOKEN_MAY_COME_WITHIN: Final = timedelta(days=2)
_TOKEN_IS_ASKED_FOR_EVERY: Final = timedelta(hours=1)


@transaction.atomic
def record_gateway_payment(*, invoice_id: int, answer: Answer, now: datetime) -> Payment:
    """
    Book what the gateway itself says was paid for an invoice, once per transaction, and settle what it was for.

    Running it again, or beside itself, changes nothing: the invoice is locked and the transaction's token is unique.
    Money that settles nothing is booked all the same and shown to staff.
    """
    invoice = _locked_invoice(invoice_id)
    known = _known_payment(invoice, answer, now)
    if known is not None:
        _await_real_token(invoice, known, now)
        _close_if_used_up(invoice, answer, now)
        return known
    payment = _book(invoice, answer, now)
    _record(payment)
    _move_invoice(invoice, payment, now=now)
    _close_if_used_up(invoice, answer, now)
    owe_receipt_email(payment, payable=invoice.payable, merchant=invoice.merchant, now=now)
    give_receipt_number(payment, merchant=invoice.merchant)
    return payment


def _book(invoice: Invoice, answer: Answer, now: datetime) -> Payment:
    """Settle what the invoice was for, and keep the payment with the answer that proves it."""
    paid = answer.paid_amount
    assert paid is not None
    assert invoice.gateway_account_id is not None
    enquiry = store_enquiry(invoice, answer, now=now)
    applied = settle_payable(invoice.payable, amount=paid, actor="gateway", now=now)
    return Payment.objects.create(
        merchant_id=invoice.merchant_id,
        customer_id=invoice.customer_id,
        invoice=invoice,
        bill_id=invoice.bill_id,
        installment_id=invoice.installment_id,
        method=Payment.Method.GATEWAY,
        currency=invoice.currency,
        amount=paid,
        applied_amount=applied,
        gateway_account_id=invoice.gateway_account_id,
        transaction_token=answer.transaction_token or _provisional_token(invoice),
        is_provisional=not answer.transaction_token,
        payment_type=answer.payment_type[:60],
        enquiry=enquiry,
        review_reason=_review(invoice, paid=paid, applied=applied),
        received_at=now,
    )


def _locked_invoice(invoice_id: int) -> Invoice:
    """Locked together with its payable's other invoices, by id, as two of them may be paid at once."""
    siblings = invoices_of(Invoice.objects.select_related("bill", "installment").get(pk=invoice_id).payable)
    locked = siblings.select_for_update(of=("self",)).select_related(
        "merchant", "bill", "installment", "gateway_account"
    )
    return next(invoice for invoice in locked.order_by("pk") if invoice.pk == invoice_id)


def _close_if_used_up(invoice: Invoice, answer: Answer, now: datetime) -> None:
    """The gateway counts a short payment as the whole: its link is dead, and a new one asks for the rest."""
    is_used_up = answer.found is not None and answer.found.status == InvoiceStatus.PAID
    if is_used_up and invoice.status == Invoice.Status.OPEN:
        invoice.renew_when_cancelled, invoice.cancel_reason = True, Invoice.CancelReason.PARTLY_PAID
        invoice.save(update_fields=["renew_when_cancelled", "cancel_reason"])
        mark_cancelled(invoice, actor="gateway", now=now)


def _known_payment(invoice: Invoice, answer: Answer, now: datetime) -> Payment | None:
    """The payment this answer is about, if it is booked; a provisional one takes its real token here."""
    payments = Payment.objects.filter(gateway_account=invoice.gateway_account_id)
    if not answer.transaction_token:
        return payments.filter(invoice=invoice).first()
    known = payments.filter(transaction_token=answer.transaction_token).first()
    if known is not None:
        return known
    provisional = payments.filter(invoice=invoice, is_provisional=True).first()
    if provisional is not None:
        take_transaction(provisional, answer, invoice=invoice, now=now)
    return provisional


def _provisional_token(invoice: Invoice) -> str:
    return f"invoice:{invoice.gateway_token or invoice.reference}"


def _review(invoice: Invoice, *, paid: Decimal, applied: Decimal) -> str:
    if invoice.status == Invoice.Status.CANCELLED or (applied == 0 and invoice.payable.status == "CANCELLED"):
        return Review.PAID_AFTER_CANCEL
    if applied < paid:
        return Review.OVERPAID
    return Review.SHORT if paid < invoice.amount else ""


def _move_invoice(invoice: Invoice, payment: Payment, *, now: datetime) -> None:
    """PAID when the whole of it was paid; a part of it makes the link invalid, and a new one asks for the rest."""
    was_payable = invoice.status in (Invoice.Status.OPEN, Invoice.Status.EXPIRED)
    if was_payable and payment.amount >= invoice.amount:
        invoice.status, invoice.paid_at = Invoice.Status.PAID, now
        invoice.cancel_requested_at = invoice.next_cancel_at = None
        invoice.save(update_fields=["status", "paid_at", "cancel_requested_at", "next_cancel_at"])
        record_invoice_event(invoice, "paid", actor="gateway")
    elif invoice.status == Invoice.Status.OPEN:
        request_cancel(invoice, reason=Invoice.CancelReason.PARTLY_PAID, renew=True, actor="gateway", now=now)
    _await_real_token(invoice, payment, now)
    request_cancel_of_others(invoice, actor="gateway", now=now)


def _await_real_token(invoice: Invoice, payment: Payment, now: datetime) -> None:
    """A provisional payment is asked about for two days more, for its transaction's own token."""
    if invoice.status != Invoice.Status.OPEN:
        is_awaited = payment.is_provisional and now - payment.received_at < _TOKEN_MAY_COME_WITHIN
        next_poll_at = now + _TOKEN_IS_ASKED_FOR_EVERY if is_awaited else None
        Invoice.objects.filter(pk=invoice.pk).update(next_poll_at=next_poll_at)


def _record(payment: Payment) -> None:
    record_event(
        merchant_id=payment.merchant_id,
        subject=Event.Subject.PAYMENT,
        subject_id=payment.pk,
        name="received",
        actor="gateway",
        amount=str(payment.amount),
        review=payment.review_reason,
    )
    if payment.review_reason:
        logger.warning("payment %s needs a look: %s", payment.pk, payment.review_reason)
