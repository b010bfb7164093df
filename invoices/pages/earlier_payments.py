"""What was paid on a bill or installment so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from invoices.models import Payment
from invoices.pages.amounts import format_amount_with_currency
from invoices.pages.days import format_day
from invoices.services.payables import Payable, payable_filter

MOST_SHOWN: Final = 6


@dataclass(frozen=True, kw_only=True)
class EarlierPayment:
    day: str
    method: str
    money: str


def earlier_payments(payable: Payable, language: str) -> list[EarlierPayment]:
    """The last ones first, as they were received, in the active language, which `language` names."""
    payments = Payment.objects.filter(**payable_filter(payable)).order_by("-received_at", "-pk")
    return [
        EarlierPayment(
            day=format_day(payable.merchant.local_date(payment.received_at), language),
            method=payment.get_method_display(),
            money=format_amount_with_currency(payment.amount, payment.currency, language),
        )
        for payment in payments[:MOST_SHOWN]
    ]
