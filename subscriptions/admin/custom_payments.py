"""The payments of a custom schedule as a person types them: one on each line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _

from billing import field_values
from billing.typed_numbers import read_amount


def read_payments(text: str, *, currency: str) -> tuple[tuple[date, Decimal, str], ...]:
    """
    Each line's day, amount and name.

    :raises forms.ValidationError: naming the first line that cannot be read
    """
    lines = [(number, line.split(maxsplit=2)) for number, line in enumerate(text.splitlines(), start=1)]
    payments = tuple(_payment(number, words, currency) for number, words in lines if words)
    if not payments:
        raise forms.ValidationError(_("List at least one payment."))
    return payments


def _payment(number: int, words: list[str], currency: str) -> tuple[date, Decimal, str]:
    try:
        day, amount, *name = words
        return field_values.day(day), field_values.amount(read_amount(amount), currency=currency), "".join(name)
    except ValueError:
        text = _("Line %(number)s: write a day as 2026-12-10, then an amount, then what it is called.")
        raise forms.ValidationError(text % {"number": number}) from None
