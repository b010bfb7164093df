"""What a customer was asked for and still owes, the oldest first, each leading to its page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.admin.cells import above, alarming, day, isolated, money, number
from billing.admin.screens.documents import Column, Section
from billing.models import Bill, Customer
from invoices.admin.sections import list_url
from invoices.services.open_amounts import OpenAmount, OpenAmounts
from subscriptions.models import Installment


def open_amounts_section(customer: Customer, amounts: OpenAmounts, *, today: date) -> Section:
    columns = (
        Column(title=_("For")),
        Column(title=_("Due")),
        Column(title=_("Still owed"), is_numeric=True),
    )
    rows = [
        (
            above(_address(row), isolated(row.title)),
            _due(row.due_date, today),
            money(row.owed, row.currency),
        )
        for row in amounts.rows
    ]
    url = _the_rest(customer, amounts.rows) if amounts.has_more else ""
    return Section(title=_("Open amounts"), columns=columns, rows=rows, more_url=url, empty=_("Nothing is owed."))


def _address(row: OpenAmount) -> SafeString:
    name = "admin:billing_bill_change" if row.is_bill else "admin:subscriptions_installment_change"
    return format_html('<a class="office-link" href="{}">{}</a>', reverse(name, args=[row.id]), number(row.number))


def _due(due_date: date, today: date) -> SafeString:
    days = (today - due_date).days
    if days <= 0:
        return day(due_date)
    late = ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}
    return above(day(due_date, is_late=True), alarming(late))


def _the_rest(customer: Customer, rows: Sequence[OpenAmount]) -> str:
    if any(row.is_bill for row in rows):
        return list_url("billing_bill", customer=customer.pk, status=Bill.Status.PENDING)
    of_customer = {"subscription__customer": customer.pk}
    return list_url("subscriptions_installment", **of_customer, status=Installment.Status.INVOICED)
