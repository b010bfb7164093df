"""Days as people read them."""

from __future__ import annotations

from datetime import date
from typing import Final

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Jordan's own names of the months; day before month in English too, as everywhere around.
_LOCALES: Final = {"ar": "ar_JO", "en": "en_GB"}


def format_day(day: date, language: str) -> str:
    """`31 December 2025`, in Arabic with the months' Levantine names."""
    return format_date(day, format="d MMMM y", locale=_LOCALES[language])


def describe_distance(day: date, *, today: date) -> str:
    """How far away a due date is, in the active language."""
    days = (day - today).days
    if days == 0:
        return _("Due today")
    if days > 0:
        return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    return ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
