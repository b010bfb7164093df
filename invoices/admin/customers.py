"""A customer with everything they owe and have paid."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from billing.admin.customers import CustomerAdmin
from billing.admin.documents import Notice, Page, Section, first
from billing.admin.exporting import ExportingAdmin
from billing.admin.notes import AddNote
from billing.admin.roles import Right
from billing.models import Customer, Event
from invoices.admin.collecting import collecting_view
from invoices.admin.customer_forgetting import ForgetCustomer
from invoices.admin.customer_merging import MergeDouble, MergingAdmin
from invoices.admin.customer_numbers import ReleaseNumber, former_section, kin_of, likely_doubles
from invoices.admin.customer_sections import bills_section, customer_link_section, subscriptions_section
from invoices.admin.export_columns import CUSTOMER_COLUMNS
from invoices.admin.new_bill import new_bill_button
from invoices.admin.printing import Print, PrintingAdmin
from invoices.admin.sections import MOST_ROWS, invoices_section, list_url, payments_section
from invoices.admin.wrong_recipient_actions import CorrectPhone, ResumeMessages, stopped_notices
from invoices.documents import staff_papers


class FullCustomerAdmin(ExportingAdmin, PrintingAdmin, MergingAdmin, CustomerAdmin):
    list_before_template = "admin/office/export_links.html"
    export_columns = CUSTOMER_COLUMNS
    prints = (Print(name="statement", title=_("Statement of account"), make=staff_papers.print_account),)
    page_actions = (
        *CustomerAdmin.page_actions,
        ResumeMessages(),
        CorrectPhone(),
        AddNote(),
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
        buttons = super()._buttons(request, row)
        may_bill = row.forgotten_at is None and self.allows(request, Right.ADD_BILLS, row)
        return [new_bill_button(row), *buttons] if may_bill else buttons

    def page(self, request: HttpRequest, row: Customer) -> Page:
        invoices, more_invoices = first(row.invoices.order_by("-id"), MOST_ROWS)
        payments, more_payments = first(row.payments.select_related("recorded_by").order_by("-id"), MOST_ROWS)
        invoices_url = list_url("invoices_invoice", customer=row.pk) if more_invoices else ""
        payments_url = list_url("invoices_payment", customer=row.pk) if more_payments else ""
        return Page(
            notices=[*stopped_notices(row), *self._likely_doubles(request, row)],
            sections=[
                *self._link_section(request, row),
                self.documents_section(row),
                bills_section(row.bills.order_by("-id"), more_url=list_url("billing_bill", customer=row.pk)),
                subscriptions_section(
                    row.subscriptions.order_by("-id"),
                    more_url=list_url("subscriptions_subscription", customer=row.pk),
                ),
                invoices_section(invoices, more_url=invoices_url),
                payments_section(payments, more_url=payments_url),
                *former_section(row),
            ],
            subjects=[(Event.Subject.CUSTOMER, [row.pk, *(each.pk for each in kin_of(row).formers)])],
        )

    def allows(self, request: HttpRequest, right: Right | None, obj: Any = None) -> bool:
        """About somebody who is forgotten nothing is written any more, and nothing is sent."""
        if isinstance(obj, Customer) and obj.forgotten_at and right is not Right.SEE:
            return False
        return super().allows(request, right, obj)

    def _likely_doubles(self, request: HttpRequest, row: Customer) -> list[Notice]:
        return likely_doubles(row) if self.allows(request, Right.MERGE_CUSTOMERS, row) else []

    def _link_section(self, request: HttpRequest, row: Customer) -> list[Section]:
        """The link opens everything the customer owes: only who may send it is shown it."""
        return [customer_link_section(row)] if self.allows(request, Right.SEND, row) else []


admin.site.register(Customer, FullCustomerAdmin)
