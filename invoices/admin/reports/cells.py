"""A report's figures as the page shows them, and as its files hold them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.admin.cells import NOTHING, day, isolated, latin, phone_number
from billing.day_text import format_month
from billing.exporting.columns import Value as FileValue
from billing.money import CURRENCY_DECIMALS, in_currency
from invoices.reports.spans import Span
from invoices.reports.tables import Column, Kind, Listed, Report, Value

NUMERIC = (Kind.COUNT, Kind.MONEY, Kind.PERCENT)


def shown(value: Value, column: Column, currency: str) -> object:
    kind = column.kind
    if value is None:
        return NOTHING
    if isinstance(value, Listed):
        return _to_list(value)
    if isinstance(value, date):
        return day(value) if kind is Kind.DAY else format_html('<span class="office-time">{}</span>', month_text(value))
    if kind is Kind.MONEY and isinstance(value, Decimal):
        return _amount(value, currency, is_dashed=column.is_summed)
    if kind is Kind.PHONE:
        return phone_number(str(value))
    if kind is Kind.PERCENT:
        return latin(f"{value}%")
    return number_format(value) if isinstance(value, int) else isolated(value)


def _to_list(listed: Listed) -> SafeString:
    address = f"{reverse(f'admin:{listed.model}_changelist')}?{urlencode(listed.query)}"
    return format_html('<a class="office-link" href="{}"><bdi dir="auto">{}</bdi></a>', address, listed.text)


def _amount(amount: Decimal, currency: str, *, is_dashed: bool) -> SafeString:
    """Bare, for the table says the currency once; nothing is a dash, so that something is seen, but a balance is 0."""
    if is_dashed and not amount:
        return format_html('<span class="report-nothing">{}</span>', NOTHING)
    text = f"{amount:,.{CURRENCY_DECIMALS[currency]}f}"
    return format_html('<bdi dir="ltr" class="office-money">{}</bdi>', text)


def month_text(month: date) -> str:
    return format_month(month, get_language() or "en")


def page_table(report: Report, currency: str) -> dict[str, Any]:
    """The table with every cell ready, and whether it stands at the end of its column."""

    def cells(row: Any) -> list[tuple[object, bool]]:
        pairs = zip(row, report.columns, strict=True)
        return [(shown(value, column, currency), column.kind in NUMERIC) for value, column in pairs]

    totals = [
        ("" if value is None else shown(value, column, currency), column.kind in NUMERIC)
        for value, column in zip(report.totals, report.columns, strict=True)
    ]
    return {
        "columns": [(column.title, column.kind in NUMERIC) for column in report.columns],
        "rows": [cells(row) for row in report.rows],
        "totals": [(_("Total"), False), *totals[1:]],
        "has_totals": _has_totals(report),
    }


def file_rows(report: Report, span: Span) -> Iterator[list[FileValue]]:
    """Titles, rows, totals: days as 2026-11-22, months as 2026-11, amounts bare with the currency's own decimals."""
    kinds = [column.kind for column in report.columns]
    yield [_titled(str(column.title), column.kind, span.currency) for column in report.columns]
    totals = [(_("Total"), *report.totals[1:])] if _has_totals(report) else []
    for row in (*report.rows, *totals):
        yield [_bare(value, kind, span.currency) for value, kind in zip(row, kinds, strict=True)]


def _has_totals(report: Report) -> bool:
    return any(total is not None for total in report.totals[1:])


def _titled(title: str, kind: Kind, currency: str) -> str:
    return f"{title} ({currency})" if kind is Kind.MONEY else title


def _bare(value: Value, kind: Kind, currency: str) -> FileValue:
    if isinstance(value, date):
        return value.isoformat() if kind is Kind.DAY else f"{value:%Y-%m}"
    if kind is Kind.MONEY and isinstance(value, Decimal):
        return in_currency(value, currency)
    return value if isinstance(value, int | Decimal) or value is None else str(value)
