"""
Days and months as people read them, on every page alike.

Babel writes them: Django's Arabic has the months' Egyptian names, and its English puts the month first.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from babel.dates import format_date

# Jordan's own names of the months; day before month in English too, as everywhere around. Digits are Western in both.
_LOCALES: Final = {"ar": "ar_JO", "en": "en_GB"}


def format_day(day: date, language: str) -> str:
    """`31 December 2025`, in Arabic with the months' Levantine names."""
    return format_date(day, format="d MMMM y", locale=_LOCALES[language])


def format_short_day(day: date, language: str) -> str:
    """`31 Dec 2025`; Arabic has no shorter names."""
    return format_date(day, format="d MMM y", locale=_LOCALES[language])


def format_month(month: date, language: str) -> str:
    """`December 2025`."""
    return format_date(month, format="LLLL y", locale=_LOCALES[language])


def format_month_name(month: date, language: str) -> str:
    """`Dec`, in Arabic `كانون الأول`."""
    return format_date(month, format="LLL", locale=_LOCALES[language])
