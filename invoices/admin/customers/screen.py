"""A customer with everything they owe and have paid."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.exporting import ExportingAdmin
from billing.admin.acts.notes import NoteAtHand
from billing.admin.roles import Right
from billing.admin.screens.documents import Fact, Notice, Page, Section
from billing.models import Customer
from invoices.admin.asked_about import about_customer
from invoices.admin.customers.buttons import call_button, new_subscription_button, whatsapp_button
from invoices.admin.customers.collecting import collecting_view
from invoices.admin.customers.facts import Known, customer_facts, with_facts
from invoices.admin.customers.forgetting import ForgetCustomer
from invoices.admin.customers.listing import OwingAdmin
from invoices.admin.customers.merging import MergeDouble, MergingAdmin
from invoices.admin.customers.numbers import ReleaseNumber, former_section, likely_doubles
from invoices.admin.customers.open_amounts import open_amounts_section
from invoices.admin.customers.promises import PromiseOverdue
from invoices.admin.customers.sections import (
    bills_section,
    customer_link_section,
    newest_of,
    subscriptions_section,
    with_statement_report,
)
from invoices.admin.customers.timeline import Documents, called_in_timeline, subjects_of_customer
from invoices.admin.export_columns import CUSTOMER_COLUMNS
from invoices.admin.messages.wrong_recipient_actions import CorrectPhone, ResumeMessages, stopped_notices
from invoices.admin.payables.new_bill import new_bill_button
from invoices.admin.printing import Print, PrintingAdmin
from invoices.admin.sections import MOST_ROWS, invoices_section, payments_section
from invoices.documents import staff_papers
from invoices.services.open_amounts import open_amounts


class FullCustomerAdmin(ExportingAdmin, PrintingAdmin, MergingAdmin, OwingAdmin):
    list_before_template = "admin/office/export_links.html"
    page_related = ("page_opening",)
    export_columns = CUSTOMER_COLUMNS
    prints = (Print(name="statement", title=_("Statement of account"), make=staff_papers.print_account),)
    page_actions = (
        *OwingAdmin.page_actions,
        ResumeMessages(),
        CorrectPhone(),
        NoteAtHand(),
        PromiseOverdue(),
        MergeDouble(),
        ReleaseNumber(),
        ForgetCustomer(),
    )

    def get_urls(self) -> list[URLPattern]:
        collecting = path(
            "collecting/", self.admin_site.admin_view(collecting_view), name="billing_customer_collecting"
        )
        return [collecting, *super().get_urls()]

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        return [*self._ways(request, row), *super()._buttons(request, row)]

    def _ways(self, request: HttpRequest, row: Customer) -> list[dict[str, Any]]:
        """Nobody calls, or bills, who is forgotten."""
        if row.forgotten_at is not None:
            return []
        may_write = row.messages_stopped_at is None and self.allows(request, Right.SEND, row)
        may_bill = self.allows(request, Right.ADD_BILLS, row)
        may_plan = self.allows(request, Right.MANAGE_PLANS, row)
        return [
            call_button(row),
            *([whatsapp_button(row)] if may_write else []),
            *([new_bill_button(row)] if may_bill else []),
            *([new_subscription_button(row)] if may_plan else []),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        rows = super().get_queryset(request)
        is_page = request.resolver_match is not None and request.resolver_match.url_name == "billing_customer_change"
        return with_facts(rows, now=timezone.now(), today=timezone.localdate()) if is_page else rows

    def asked_about(self, row: Customer) -> list[Fact]:
        return about_customer(row)

    def page(self, request: HttpRequest, row: Customer) -> Page:
        today = timezone.localdate()
        bills, bills_url = newest_of(row, row.bills.all())
        plans, plans_url = newest_of(row, row.subscriptions.all())
        invoices, invoices_url = newest_of(row, row.invoices.all())
        payments, payments_url = newest_of(row, row.payments.select_related("recorded_by"))
        documents = Documents(bills=bills, plans=plans, invoices=invoices, payments=payments)
        amounts = open_amounts(customer=row, today=today, most=MOST_ROWS)
        last_payment = payments[0] if payments else None
        known = Known(customer=row, amounts=amounts, last_payment=last_payment, today=today)
        return Page(
            facts=customer_facts(known),
            notices=[*stopped_notices(row), *self._likely_doubles(request, row)],
            sections=[
                open_amounts_section(row, amounts, today=today),
                bills_section(bills, more_url=bills_url),
                subscriptions_section(plans, more_url=plans_url),
                payments_section(payments, more_url=payments_url),
                invoices_section(invoices, more_url=invoices_url),
                *self._link_section(request, row),
                self._papers(request, row),
                *former_section(row),
            ],
            subjects=subjects_of_customer(row, documents),
            called=called_in_timeline(documents),
            timeline_note=_("Of the newest documents. All of it stands on each document's own page."),
            currency=row.merchant.currency,
        )

    def allows(self, request: HttpRequest, right: Right | None, obj: Any = None) -> bool:
        """About somebody who is forgotten nothing is written any more, and nothing is sent."""
        if isinstance(obj, Customer) and obj.forgotten_at and right is not Right.SEE:
            return False
        return super().allows(request, right, obj)

    def _likely_doubles(self, request: HttpRequest, row: Customer) -> list[Notice]:
        return likely_doubles(row) if self.allows(request, Right.MERGE_CUSTOMERS, row) else []

    def _papers(self, request: HttpRequest, row: Customer) -> Section:
        section = self.documents_section(row)
        return with_statement_report(section, row) if self.allows(request, Right.SEE_REPORTS, row) else section

    def _link_section(self, request: HttpRequest, row: Customer) -> list[Section]:
        """The link opens everything the customer owes: only who may send it is shown it."""
        return [customer_link_section(row)] if self.allows(request, Right.SEND, row) else []


admin.site.register(Customer, FullCustomerAdmin)
