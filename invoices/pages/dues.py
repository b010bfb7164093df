"""When something is due, as a page says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from billing.day_text import format_day
from invoices.pages.days import describe_distance, format_hijri_day
from invoices.services.payables import Payable


@dataclass(frozen=True, kw_only=True)
class Due:
    """`hijri` is empty where the merchant does not show it, `distance` where nothing is owed any more."""

    day: str
    machine_day: str
    hijri: str
    distance: str
    is_late: bool


def due_of(payable: Payable, *, language: str, today: date, is_settled: bool) -> Due:
    """In the active language, which `language` names."""
    day = payable.due_date
    return Due(
        day=format_day(day, language),
        machine_day=day.isoformat(),
        hijri=format_hijri_day(day, language) if payable.merchant.shows_hijri_date else "",
        distance="" if is_settled else describe_distance(day, today=today),
        is_late=day < today and not is_settled,
    )
