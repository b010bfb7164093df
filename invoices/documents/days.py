"""Days as documents print them."""

from __future__ import annotations

from datetime import date
from typing import Final

from billing.day_text import format_day
from billing.models import Merchant
from invoices.pages.days import format_hijri_day

_UNBROKEN: Final = str.maketrans(" -", "\u00a0\u2011")


def print_day(day: date, merchant: Merchant, language: str) -> str:
    """`31 December 2025`, with the Hijri day after it where the merchant wants both; no line ends within either."""
    hijri = format_hijri_day(day, language) if merchant.shows_hijri_date else ""
    days = [format_day(day, language), *([f"({hijri})"] if hijri else [])]
    return " ".join(each.translate(_UNBROKEN) for each in days)
