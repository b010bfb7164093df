"""
The line that an invoice carries into the gateway's own message.

Made when the gateway is called, from the template of that moment. A reference that is called again was not taken the
time before, so nothing with another line exists; and no enquiry compares the line (decision 26).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from django.utils.text import Truncator

from billing.day_text import format_day
from billing.money_text import format_money
from invoices.messages.characters import one_line
from invoices.messages.rendering import render_plain

# The gateway states no limit; so much fits its message, and the phone's first glance.
LONGEST: Final = 500
_LONGEST_VALUE: Final = 120


class Described(Protocol):
    """What of an invoice its line may name."""

    @property
    def number(self) -> str: ...
    @property
    def customer_name(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def description(self) -> str: ...
    @property
    def due_date(self) -> date: ...
    @property
    def language(self) -> str: ...


def gateway_line(invoice: Described, *, template: str, currency: str, merchant_name: str) -> str:
    """:param merchant_name: in the invoice's language"""
    values = {
        "name": _short(invoice.customer_name),
        "merchant": _short(merchant_name),
        "amount": format_money(invoice.amount, currency, invoice.language),
        "purpose": _short(invoice.description),
        "due_date": format_day(invoice.due_date, invoice.language),
        "number": invoice.number,
    }
    return Truncator(render_plain(template, values)).chars(LONGEST)


def _short(text: str) -> str:
    return Truncator(one_line(text)).chars(_LONGEST_VALUE)
