"""Whoever takes money is told whether they have an open shift: before they take it, and at home."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.admin.cells import instant
from billing.admin.screens.returning import returning_to
from billing.models import Merchant, User
from invoices.admin.shifts.actions import OpenShift
from invoices.models import Shift
from invoices.services.shifts import open_shifts_of


@dataclass(frozen=True, kw_only=True)
class ShiftLine:
    """`merchant` is empty where the person takes money for one only."""

    merchant: str
    text: SafeString | str
    is_open: bool
    url: str


def opening_url(merchant_id: int) -> str:
    return reverse("admin:billing_merchant_do", args=[merchant_id, OpenShift.name])


def no_shift_warning(*, user: User, merchant_id: int, back: str) -> SafeString:
    """Empty where the person has an open shift."""
    if open_shifts_of(user).filter(merchant_id=merchant_id).exists():
        return SafeString("")
    return format_html(
        '<p class="office-notice office-notice-warning" role="status">{} <a class="office-link" href="{}">{}</a></p>',
        _("You have no open shift: cash you take now is in no shift, and nobody counts it."),
        returning_to(opening_url(merchant_id), back),
        OpenShift.title,
    )


def shift_lines(*, user: User, merchants: Iterable[Merchant]) -> list[ShiftLine]:
    """
    Each open one; where there is none, how to open one.

    :param merchants: those for which the person takes money
    """
    by_id = {merchant.pk: merchant for merchant in merchants}
    if not by_id:
        return []
    opened = open_shifts_of(user).filter(merchant__in=by_id).order_by("pk")
    lines = [_open_line(shift, by_id[shift.merchant_id] if len(by_id) > 1 else None) for shift in opened]
    return lines or [_none_line(list(by_id))]


def _open_line(shift: Shift, merchant: Merchant | None) -> ShiftLine:
    return ShiftLine(
        merchant=merchant.name_in(get_language() or "en") if merchant else "",
        text=format_html("{} {}", _("Your shift is open since"), instant(shift.opened_at)),
        is_open=True,
        url=reverse("admin:invoices_shift_change", args=[shift.pk]),
    )


def _none_line(merchant_ids: list[int]) -> ShiftLine:
    """Of several merchants, the list of shifts asks which."""
    url = opening_url(merchant_ids[0]) if len(merchant_ids) == 1 else reverse("admin:invoices_shift_changelist")
    return ShiftLine(merchant="", text=_("You have no open shift."), is_open=False, url=url)
