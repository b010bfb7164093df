"""A payment that was booked before the gateway named its transaction, when the transaction is known."""

from __future__ import annotations

import logging
from datetime import datetime

from billing.models import Event
from billing.services import record_event
from invoices.models import Invoice, Payment
from invoices.services.enquiries.enquiry import Answer, store_enquiry
from invoices.services.payables import settle_payable

logger = logging.getLogger(__name__)


def take_transaction(payment: Payment, answer: Answer, *, invoice: Invoice, now: datetime) -> None:
    """
    Give a provisional payment of a locked invoice its transaction; the same money is never booked a second time.

    The transaction's amount is what was paid. More than was booked settles what it can, or is a surplus. Less cannot
    be undone, as what it settled may have been receipted and used since: staff are shown it.
    """
    assert answer.paid_amount is not None
    payment.transaction_token, payment.is_provisional = answer.transaction_token, False
    payment.payment_type = answer.payment_type[:60]
    was, paid = payment.amount, answer.paid_amount
    if paid > was:
        payment.enquiry = store_enquiry(invoice, answer, now=now)
        payment.applied_amount += settle_payable(invoice.payable, amount=paid - was, actor="gateway", now=now)
        payment.amount = paid
        if payment.applied_amount < paid:
            payment.review_reason = payment.review_reason or Payment.Review.OVERPAID
    elif paid < was:
        payment.review_reason = payment.review_reason or Payment.Review.SHORT
    payment.save(
        update_fields=[
            *("transaction_token", "is_provisional", "payment_type", "enquiry"),
            *("amount", "applied_amount", "review_reason"),
        ]
    )
    if paid != was:
        _record(payment, old_amount=str(was), amount=str(paid))


def _record(payment: Payment, **details: str) -> None:
    record_event(
        merchant_id=payment.merchant_id,
        subject=Event.Subject.PAYMENT,
        subject_id=payment.pk,
        name="transaction_differs",
        actor="gateway",
        **details,
    )
    logger.warning("payment %s: its transaction is over another amount", payment.pk)
