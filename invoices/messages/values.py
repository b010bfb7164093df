"""The values of a message's places, from the rows it is about."""

from __future__ import annotations

from typing import Final

from django.utils.text import Truncator
from django.utils.translation import override

from billing.day_text import format_day
from billing.models import Customer, Merchant
from billing.money_text import format_money
from invoices.messages.characters import one_line
from invoices.messages.phrases import due_phrase, purpose_of
from invoices.models import Invoice, Payment
from invoices.services.orders import page_url, payable_url
from invoices.services.payables import document_of

_LONGEST_PURPOSE: Final = 120


def language_of(customer: Customer, merchant: Merchant) -> str:
    return customer.language or merchant.language


def asking_values(invoice: Invoice, *, is_overdue: bool, language: str) -> dict[str, str]:
    """Of a message that asks for what an invoice asks for."""
    with override(language):
        due = due_phrase(invoice.due_date, is_overdue=is_overdue, language=language)
    return _values_of_all(invoice.merchant, invoice.customer_name, invoice.description, language) | {
        "amount": format_money(invoice.amount, invoice.currency, language),
        "due_date": format_day(invoice.due_date, language),
        "due": due,
        "number": invoice.number,
        "link": page_url(invoice),
    }


def receipt_values(payment: Payment, *, language: str) -> dict[str, str]:
    """Of a receipt; what is still owed is what is owed when it is written."""
    payable, merchant = payment.payable, payment.merchant
    with override(language):
        purpose, method = purpose_of(payable), str(payment.get_method_display())
    return _values_of_all(merchant, document_of(payable).customer_name, purpose, language) | {
        "amount": format_money(payment.amount, payment.currency, language),
        "paid_on": format_day(merchant.local_date(payment.received_at), language),
        "method": method,
        "receipt_no": payment.receipt_no or "",
        "remaining": format_money(payable.amount_due, payment.currency, language),
        "link": payable_url(payable),
    }


def _values_of_all(merchant: Merchant, name: str, purpose: str, language: str) -> dict[str, str]:
    return {
        "name": one_line(name),
        "merchant": one_line(merchant.name_in(language)),
        "purpose": Truncator(one_line(purpose)).chars(_LONGEST_PURPOSE),
        "help_phone": one_line(merchant.help_phone),
    }
