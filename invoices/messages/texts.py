"""What we write to customers ourselves, by e-mail or through WhatsApp, in the customer's language."""

from __future__ import annotations

from urllib.parse import quote

from invoices.messages.rendering import Message, render
from invoices.messages.values import asking_values, language_of, receipt_values
from invoices.messages.wordings import Wordings
from invoices.models import Invoice, MessageTemplate, Payment

Use = MessageTemplate.Use


def invoice_text(invoice: Invoice, *, use: Use, is_overdue: bool, wordings: Wordings) -> Message:
    """
    What is owed, for what, by when, and our own payment page, which always knows how things stand.

    :param use: one of those of invoices and reminders
    """
    language = language_of(invoice.customer, invoice.merchant)
    return render(wordings.of(use, language), asking_values(invoice, is_overdue=is_overdue, language=language))


def receipt_text(payment: Payment, *, use: Use, wordings: Wordings) -> Message:
    """What was received, for what, and what is still owed. :param use: one of those of receipts"""
    language = language_of(payment.customer, payment.merchant)
    return render(wordings.of(use, language), receipt_values(payment, language=language))


def mailto_url(address: str, message: Message) -> str:
    """Opens the person's own mail program with the text filled in; they press "send"."""
    body = message.body.replace("\n", "\r\n")
    return f"mailto:{quote(address, safe='@')}?subject={quote(message.subject)}&body={quote(body)}"
