"""The tables of a customer's page."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.admin.bills import bill_label, is_overdue
from billing.admin.cells import above, copyable, day, isolated, link, money, status_label
from billing.admin.documents import Column, Section, first
from billing.models import Bill, Customer
from billing.services.links import customer_url
from invoices.admin.openings import openings_text
from invoices.admin.sections import MOST_ROWS
from subscriptions.models import Subscription


def customer_link_section(customer: Customer) -> Section:
    """Their own page; whoever has its address may see what is open."""
    url = customer_url(merchant_username=customer.merchant.username, customer=customer)
    return Section(title=_("Customer's page"), content=above(copyable(url), openings_text(customer)))


def bills_section(bills: QuerySet[Bill], *, more_url: str) -> Section:
    shown, is_more = first(bills, MOST_ROWS)
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
        for bill in shown
    ]
    url = more_url if is_more else ""
    return Section(title=_("Bills"), columns=columns, rows=rows, more_url=url, empty=_("No bills."))


def subscriptions_section(subscriptions: QuerySet[Subscription], *, more_url: str) -> Section:
    shown, is_more = first(subscriptions, MOST_ROWS)
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
        for plan in shown
    ]
    url = more_url if is_more else ""
    return Section(title=_("Subscriptions"), columns=columns, rows=rows, more_url=url, empty=_("No subscriptions."))
