"""An instant as people read it, for the names of rows that have no better one."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language

from billing.day_text import format_short_day


def instant_text(moment: datetime) -> str:
    """In the language and the zone that are active: the merchants' own, while an admin page is made."""
    local = timezone.localtime(moment)
    return f"{format_short_day(local, get_language() or 'en')} {local:%H:%M}"
