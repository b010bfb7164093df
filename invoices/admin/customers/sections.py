"""The tables of a customer's page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from billing.admin.bills.screen import bill_label, is_overdue
from billing.admin.cells import above, copyable, day, isolated, link, money, status_label
from billing.admin.screens.documents import Column, Section, first
from billing.models import Bill, Customer
from billing.services.links import customer_url
from invoices.admin.openings import openings_text
from invoices.admin.sections import MOST_ROWS, list_url
from subscriptions.models import Subscription


def customer_link_section(customer: Customer) -> Section:
    """Their own page; whoever has its address may see what is open."""
    url = customer_url(merchant_username=customer.merchant.username, customer=customer)
    return Section(title=_("Customer's page"), content=above(copyable(url), openings_text(customer)))


def with_statement_report(section: Section, customer: Customer) -> Section:
    """The papers of a customer, and the way to their statement between any two days."""
    address = f"{reverse('admin:report_customer_statement')}?{urlencode({'customer': customer.pk})}"
    words = _("Statement of other days, as a table or file")
    link_to_report = format_html('<p><a class="office-link" href="{}">{}</a></p>', address, words)
    return replace(section, content=format_html("{}{}", section.content, link_to_report))


def newest_of(customer: Customer, rows: QuerySet[Any]) -> tuple[list[Any], str]:
    """So many of the customer's, and where the others are."""
    shown, has_more = first(rows.order_by("-id"), MOST_ROWS)
    model = rows.model._meta
    return shown, list_url(f"{model.app_label}_{model.model_name}", customer=customer.pk) if has_more else ""


def bills_section(bills: Iterable[Bill], *, more_url: str) -> Section:
    columns = (
        Column(title=_("Bill")),
        Column(title=_("Due")),
        Column(title=_("Status")),
        Column(title=_("Amount"), is_numeric=True),
        Column(title=_("Still owed"), is_numeric=True),
    )
    rows = [
        (
            above(link(bill), isolated(bill.service_type)),
            day(bill.due_date, is_late=is_overdue(bill)),
            bill_label(bill),
            money(bill.amount, bill.currency),
            money(bill.amount_due or None, bill.currency),
        )
        for bill in bills
    ]
    return Section(title=_("Bills"), columns=columns, rows=rows, more_url=more_url, empty=_("No bills."))


def subscriptions_section(subscriptions: Iterable[Subscription], *, more_url: str) -> Section:
    columns = (
        Column(title=_("Subscription")),
        Column(title=_("Type")),
        Column(title=_("Status")),
        Column(title=_("Amount"), is_numeric=True),
    )
    rows = [
        (
            above(link(plan), isolated(plan.product_name)),
            plan.get_type_display(),
            status_label(plan),
            money(plan.recurring_amount or plan.total_amount, plan.currency),
        )
        for plan in subscriptions
    ]
    empty = _("No subscriptions.")
    return Section(title=_("Subscriptions"), columns=columns, rows=rows, more_url=more_url, empty=empty)
