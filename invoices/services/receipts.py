"""Receipt numbers: RCP-YYYYMMDD-NNNN, without gaps, of the merchant's day on which the money was received."""

from __future__ import annotations

from django.db import transaction

from billing.identifiers import document_number
from billing.models import Merchant, NumberSequence
from billing.services.numbers import take_numbers
from invoices.models import Payment


def give_receipt_number(payment: Payment, *, merchant: Merchant) -> None:
    """
    Number a payment in the transaction that records it.

    Its last statements: the counter's row stays locked until the transaction ends, and no lock is taken after it.
    """
    day = merchant.local_date(payment.received_at)
    (counter,) = take_numbers(merchant_id=merchant.pk, day=day, kind=NumberSequence.Kind.RECEIPT)
    payment.receipt_no = document_number("RCP", day, counter)
    payment.save(update_fields=["receipt_no"])


@transaction.atomic
def number_receipt(*, payment_id: int) -> str:
    """
    The number of a payment's receipt, given now to one that was recorded before receipts had numbers.

    Twice, or beside itself, it is the same number: the payment is locked.
    """
    payment = Payment.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=payment_id)
    if payment.receipt_no is None:
        give_receipt_number(payment, merchant=payment.merchant)
    assert payment.receipt_no is not None
    return payment.receipt_no
