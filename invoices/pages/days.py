"""Days as customers read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from hijridate import Gregorian

from billing.day_text import format_day


def format_hijri_day(day: date, language: str) -> str:
    """`11 Rajab 1447 AH` by the Umm al-Qura calendar; empty for days that its tables do not cover."""
    try:
        hijri = Gregorian.fromdate(day).to_hijri()
    except OverflowError:
        return ""
    locale: Literal["ar", "en"] = "ar" if language == "ar" else "en"
    return f"{hijri.day} {hijri.month_name(locale)} {hijri.year} {hijri.notation(locale)}"


def format_moment(instant: datetime, *, time_zone: str, today: date, language: str) -> str:
    """`14:05`, with the day where that is not today."""
    local = instant.astimezone(ZoneInfo(time_zone))
    clock = f"{local:%H:%M}"
    return clock if local.date() == today else f"{clock} · {format_day(local.date(), language)}"


def describe_distance(day: date, *, today: date) -> str:
    """How far away a due date is, in the active language."""
    days = (day - today).days
    if days == 0:
        return _("Due today")
    if days > 0:
        return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
    return ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
