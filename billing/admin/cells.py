"""Small pieces of markup that lists and pages share: labels, amounts, links, instants. Everything is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from billing.day_text import format_short_day
from billing.money_text import format_money
from billing.phones import as_said

NOTHING: Final = "—"

# The colour of every stored status, whichever document it belongs to.
COLOURS: Final[Mapping[str, str]] = {
    "PENDING": "info",
    "TO_DO": "info",
    "OPEN": "info",
    "INVOICED": "info",
    "ACTIVE": "success",
    "PAID": "success",
    "COMPLETED": "success",
    "SENT": "success",
    "DELIVERED": "success",
    "GIVEN_UP": "danger",
    "DUE": "info",
    "DONE": "success",
    "RESOLVED": "success",
    "PAUSED": "warning",
    "UNKNOWN": "warning",
    "OVERPAID": "warning",
    "SHORT": "warning",
    "PAID_AFTER_CANCEL": "warning",
    "NOT_SENT": "warning",
    "NOT_FOUND": "warning",
    "REJECTED": "danger",
    "REFUSED": "danger",
    "PARKED": "danger",
    "CONTRADICTION": "danger",
    "MATCHED": "success",
    "DOUBLED": "warning",
    "OTHER_ACCOUNT": "warning",
    "AMOUNT_DIFFERS": "danger",
    "NET_DIFFERS": "danger",
}


def label(text: object, colour: str = "") -> SafeString:
    return SafeString(render_to_string("unfold/helpers/label.html", {"text": text, "type": colour}).strip())


def status_label(row: Model, field: str = "status") -> SafeString:
    """A coloured label with the choice's own words; a dash for none."""
    value = str(getattr(row, field))
    if not value:
        return format_html("{}", NOTHING)
    return label(getattr(row, f"get_{field}_display")(), COLOURS.get(value, ""))


def money(amount: Decimal | None, currency: str) -> SafeString:
    """Digits under digits, never broken across lines."""
    if amount is None:
        return format_html("{}", NOTHING)
    return format_html('<span class="office-money">{}</span>', money_text(amount, currency))


def money_text(amount: Decimal, currency: str) -> str:
    return format_money(amount, currency, get_language() or "en")


def link(row: Model, text: object = None) -> SafeString:
    """To the row's own page; a number is never broken across lines."""
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a class="office-link" href="{}">{}</a>', url, number(row) if text is None else text)


def isolated(text: object) -> SafeString:
    """Somebody else's text, which may be of either direction."""
    return format_html('<bdi dir="auto">{}</bdi>', text or NOTHING)


def latin(text: object) -> SafeString:
    """Numbers and addresses, left to right in every language."""
    return format_html('<bdi dir="ltr">{}</bdi>', text or NOTHING)


def number(text: object) -> SafeString:
    """A document's number, never broken across lines."""
    return format_html('<bdi dir="ltr" class="office-number">{}</bdi>', text or NOTHING)


def above(first: object, second: object) -> SafeString:
    """Two facts in one cell, the lesser one below."""
    return format_html('{}<span class="office-under">{}</span>', first, second)


def person(name: str, phone: str) -> SafeString:
    return format_html(
        '<bdi dir="auto" class="office-name">{}</bdi><bdi dir="ltr" class="office-under">{}</bdi>', name, as_said(phone)
    )


def phone_number(phone: str) -> SafeString:
    return latin(as_said(phone))


def alarming(text: object) -> SafeString:
    """What is late."""
    return format_html('<span class="office-late">{}</span>', text)


def instant(moment: datetime | None) -> SafeString:
    """In the zone that is active: the merchants' own, while an admin page is made."""
    if moment is None:
        return format_html("{}", NOTHING)
    local = timezone.localtime(moment)
    template = '<time class="office-time office-instant" datetime="{}">{} {}</time>'
    return format_html(template, moment.isoformat(), day_text(local), f"{local:%H:%M}")


def day(value: date | None, *, is_late: bool = False) -> SafeString:
    if value is None:
        return format_html("{}", NOTHING)
    template = '<time class="{}" datetime="{}">{}</time>'
    return format_html(template, _day_class(is_late), value.isoformat(), day_text(value))


def day_text(value: date) -> str:
    return format_short_day(value, get_language() or "en")


def copyable(text: str) -> SafeString:
    """A value to take elsewhere: selectable without a script, copied by one click with it."""
    return SafeString(render_to_string("admin/office/copyable.html", {"text": text}))


def _day_class(is_late: bool) -> str:
    return "office-time office-late" if is_late else "office-time"
