"""What merging two rows of one person brings together: their money, and how many of everything."""

from __future__ import annotations

from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import NOTHING, money
from billing.models import Customer
from invoices.services.merging.money import Amounts, money_of
from invoices.services.merging.rehearsal import holdings_of


def rehearsal_of(row: Customer, double: Customer, *, act: str) -> SafeString:
    mine, theirs = holdings_of(row), holdings_of(double)
    lines = [
        (_("Bills"), mine.bills, theirs.bills),
        (_("Subscriptions"), mine.plans, theirs.plans),
        (_("Invoices"), mine.invoices, theirs.invoices),
        (_("of them open"), mine.open_invoices, theirs.open_invoices),
        (_("Payments"), mine.payments, theirs.payments),
        (_("Promises to pay"), mine.promises, theirs.promises),
        (_("Notes"), mine.notes, theirs.notes),
    ]
    counts = [(title, ours, others, ours + others) for title, ours, others in lines]
    context = {
        "survivor": row,
        "double": double,
        "counts": [*_money_lines(row, double), *counts],
        "swapped_url": _swapped_url(row, double, act),
    }
    return SafeString(render_to_string("admin/office/merge_rehearsal.html", context))


def _money_lines(row: Customer, double: Customer) -> list[tuple[object, ...]]:
    mine, theirs = money_of(row), money_of(double)
    sides = (mine, theirs, mine + theirs)
    return [
        (_("Still owed"), *(_amounts(side.owed) for side in sides)),
        (_("Paid so far"), *(_amounts(side.paid) for side in sides)),
    ]


def _amounts(amounts: Amounts) -> SafeString:
    shown = ((money(amount, currency),) for currency, amount in sorted(amounts.items()) if amount)
    return format_html_join(SafeString("<br>"), "{}", shown) or format_html("{}", NOTHING)


def _swapped_url(row: Customer, double: Customer, act: str) -> str:
    """Where the same two are merged the other way round."""
    asked = {"double": row.pk}
    return f"{reverse('admin:billing_customer_do', args=[double.pk, act])}?{urlencode(asked)}"
