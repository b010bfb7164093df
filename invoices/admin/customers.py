"""A customer with everything they owe and have paid."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from billing.admin.customers import CustomerAdmin
from billing.admin.documents import Page, first
from billing.models import Customer, Event
from invoices.admin.customer_sections import bills_section, subscriptions_section
from invoices.admin.sections import MOST_ROWS, invoices_section, list_url, payments_section


class FullCustomerAdmin(CustomerAdmin):
    def page(self, request: HttpRequest, row: Customer) -> Page:
        invoices, more_invoices = first(row.invoices.order_by("-id"), MOST_ROWS)
        payments, more_payments = first(row.payments.select_related("recorded_by").order_by("-id"), MOST_ROWS)
        invoices_url = list_url("invoices_invoice", customer=row.pk) if more_invoices else ""
        payments_url = list_url("invoices_payment", customer=row.pk) if more_payments else ""
        return Page(
            sections=[
                bills_section(row.bills.order_by("-id"), more_url=list_url("billing_bill", customer=row.pk)),
                subscriptions_section(
                    row.subscriptions.order_by("-id"),
                    more_url=list_url("subscriptions_subscription", customer=row.pk),
                ),
                invoices_section(invoices, more_url=invoices_url),
                payments_section(payments, more_url=payments_url),
            ],
            subjects=[(Event.Subject.CUSTOMER, [row.pk])],
        )


admin.site.register(Customer, FullCustomerAdmin)
