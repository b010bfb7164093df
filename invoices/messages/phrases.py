"""Phrases that fill places, in the message's language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from billing.day_text import format_day
from billing.models import Bill
from invoices.services.payables import Payable


def due_phrase(due_date: date, *, is_overdue: bool, language: str) -> str:
    """In the active language, which `language` names."""
    phrase = _("overdue since %(day)s") if is_overdue else _("due on %(day)s")
    return phrase % {"day": format_day(due_date, language)}


def purpose_of(payable: Payable) -> str:
    """What an invoice for it would say it is for, in the active language."""
    if isinstance(payable, Bill):
        return payable.description or payable.service_type
    plan = payable.subscription
    places = {"number": payable.sequence, "count": plan.number_of_installments, "product": plan.product_name}
    if plan.number_of_installments is None:
        return _("%(product)s, payment %(number)s") % places
    return _("Installment %(number)s of %(count)s · %(product)s") % places
