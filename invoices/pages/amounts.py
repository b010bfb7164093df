"""
Amounts as customers' pages print them: the number large, the currency after it, so the two come apart.

By Babel, with Western digits in both languages, as Jordanian bills have them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal, get_currency_symbol

from billing.money import CURRENCY_DECIMALS

_NO_BREAK_SPACE: Final = "\u00a0"
_RIGHT_TO_LEFT_MARK: Final = "\u200f"


def format_amount(amount: Decimal, currency: str) -> str:
    """`1,150.500`: with the currency's own decimals."""
    pattern = "#,##0." + "0" * CURRENCY_DECIMALS[currency]
    return format_decimal(amount, format=pattern, locale="en")


def currency_label(currency: str, language: str) -> str:
    """`JOD`, in Arabic `د.أ`: without the final dot, which wanders in text of mixed direction."""
    if language != "ar":
        return currency
    return get_currency_symbol(currency, locale="ar").removesuffix(_RIGHT_TO_LEFT_MARK).removesuffix(".")


def format_amount_with_currency(amount: Decimal, currency: str, language: str) -> str:
    """`1,150.500 JOD`, never broken between the two."""
    return format_amount(amount, currency) + _NO_BREAK_SPACE + currency_label(currency, language)
