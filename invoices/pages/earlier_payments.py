"""What was paid on a bill or installment so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Value
from django.utils.translation import gettext as _

from billing.day_text import format_day
from invoices.models import Credit, Payment
from invoices.pages.amounts import format_amount_with_currency
from invoices.services.payables import Payable, document_of, payable_filter

MOST_SHOWN: Final = 6


@dataclass(frozen=True, kw_only=True)
class EarlierPayment:
    day: str
    method: str
    money: str


def earlier_payments(payable: Payable, language: str) -> list[EarlierPayment]:
    """The last ones first, as they were received, in the active language, which `language` names."""
    payments = Payment.objects.filter(**payable_filter(payable)).values_list("received_at", "pk", "method", "amount")
    used = Credit.objects.used().filter(**payable_filter(payable))
    found = payments.union(used.values_list("decided_at", "pk", Value(""), "amount"), all=True)
    currency = document_of(payable).currency
    return [
        EarlierPayment(
            day=format_day(payable.merchant.local_date(moment), language),
            method=str(Payment.Method(method).label) if method else _("From an overpayment"),
            money=format_amount_with_currency(amount, currency, language),
        )
        for moment, _pk, method, amount in found.order_by("-received_at", "-pk")[:MOST_SHOWN]
    ]
