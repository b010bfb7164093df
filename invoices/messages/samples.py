"""An invented customer and invoice, for looking at a text before anybody gets it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing.day_text import format_day
from billing.models import Merchant
from billing.money_text import format_money
from invoices.messages.characters import one_line
from invoices.messages.phrases import due_phrase
from invoices.messages.rendering import Message, render, render_plain
from invoices.messages.wordings import Wording
from invoices.models import MessageTemplate, Payment

_AMOUNT: Final = Decimal("150.500")


def sample_values(merchant: Merchant, *, language: str, today: date) -> dict[str, str]:
    """Of every variable there is; the merchant's own are its own."""
    day = format_day(today, language)
    with override(language):
        words = {
            "name": _("Sara Haddad"),
            "purpose": _("Water bill"),
            "due": due_phrase(today, is_overdue=False, language=language),
            "method": str(Payment.Method.CASH.label),
        }
    return words | {
        "merchant": one_line(merchant.name_in(language)),
        "amount": format_money(_AMOUNT, merchant.currency, language),
        "due_date": day,
        "number": f"INV-{today:%Y%m%d}-0042",
        "paid_on": day,
        "receipt_no": f"RCP-{today:%Y%m%d}-0042",
        "remaining": format_money(Decimal(0), merchant.currency, language),
        "link": f"{settings.PUBLIC_BASE_URL}/{merchant.username}/pay/example",
        "help_phone": one_line(merchant.help_phone),
    }


def sample_message(use: str, wording: Wording, *, values: dict[str, str]) -> Message:
    """What a customer would read; `wording` has been checked."""
    if use == MessageTemplate.Use.DESCRIPTION:
        return Message(body=render_plain(wording.body, values))
    return render(wording, values)
