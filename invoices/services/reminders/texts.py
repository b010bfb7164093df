"""What we write to customers ourselves, by e-mail or through WhatsApp, in the customer's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing.money_text import format_money
from invoices.models import Invoice
from invoices.pages.days import format_day
from invoices.services.orders import page_url

_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"
_LONGEST_PURPOSE: Final = 120


@dataclass(frozen=True, kw_only=True)
class ReminderText:
    subject: str
    body: str


def reminder_text(invoice: Invoice, *, is_overdue: bool) -> ReminderText:
    """
    What is owed, for what, since or until when, and our own payment page, which always knows how things stand.

    Names, amounts and purposes are isolated, so that none turns the order of what stands beside it.
    """
    merchant, language = invoice.merchant, invoice.customer.language or invoice.merchant.language
    amount = format_money(invoice.amount, invoice.currency, language)
    with override(language):
        subject = _("Payment reminder from %(merchant)s") % {"merchant": merchant.name_in(language)}
        context = {
            "name": _isolated(invoice.customer_name),
            "merchant": _isolated(merchant.name_in(language)),
            "amount": amount,
            "purpose": _isolated(Truncator(_one_line(invoice.description)).chars(_LONGEST_PURPOSE)),
            "day": _isolated(format_day(invoice.due_date, language)),
            "is_overdue": is_overdue,
            "url": page_url(invoice),
            "help_phone": _isolated(merchant.help_phone) if merchant.help_phone else "",
        }
        body = render_to_string("reminders/text.txt", context)
    return ReminderText(subject=_one_line(subject), body=body)


def whatsapp_url(invoice: Invoice, *, is_overdue: bool) -> str:
    """Opens WhatsApp at the customer's number with the text filled in; a person presses "send"."""
    digits = invoice.customer.phone.removeprefix("+")
    return f"https://wa.me/{digits}?text={quote(reminder_text(invoice, is_overdue=is_overdue).body)}"


def _isolated(text: str) -> str:
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"


def _one_line(text: str) -> str:
    """A header must not hold line ends."""
    return " ".join(text.split())
