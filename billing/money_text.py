"""Amounts as people read them. Babel writes them: Django's own Arabic format shows 150.500 as 150,500."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from babel.numbers import format_currency, get_currency_symbol

# Code first and a space that does not break: an amount must not be torn apart at a line's end.
_LATIN_PATTERN: Final = "¤¤\u00a0#,##0.00"
_RIGHT_TO_LEFT_ISOLATE: Final = "\u2067"
_POP_ISOLATE: Final = "\u2069"


def format_money(amount: Decimal, currency: str, language: str) -> str:
    """
    `JOD 150.500`, or in Arabic `150.500 د.أ.`: the currency's own decimals, Latin digits in both.

    The Arabic form mixes digits with right-to-left letters, so it is isolated: a name or a number beside it cannot
    change its order.

    :param language: `ar` or `en`, as Django spells it
    """
    if language.startswith("ar"):
        text = format_currency(amount, currency, locale="ar", numbering_system="latn")
        return f"{_RIGHT_TO_LEFT_ISOLATE}{text}{_POP_ISOLATE}"
    return format_currency(amount, currency, format=_LATIN_PATTERN, locale="en")


def currency_sign(currency: str, language: str) -> str:
    """`JOD`, or in Arabic `د.أ.`: as it stands beside an amount, for where one is named alone."""
    return get_currency_symbol(currency, locale="ar") if language.startswith("ar") else currency
