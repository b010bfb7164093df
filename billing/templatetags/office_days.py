"""Days and instants in the office's templates, as its lists show them: `{{ line.when|instant }}`."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils.safestring import SafeString

# The admin is imported when a template is filled in: libraries are read while unfold is being imported itself.

register = template.Library()


@register.filter(expects_localtime=True)
def day_text(value: date) -> str:
    from billing.admin import cells

    return cells.day_text(value)


@register.filter
def instant(moment: datetime | None) -> SafeString:
    from billing.admin import cells

    return cells.instant(moment)
