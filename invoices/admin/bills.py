"""A bill with its invoices, payments and payment page."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.admin.bill_actions import CancelBill
from billing.admin.bills import BillAdmin, bill_label, is_overdue
from billing.admin.cells import day, link, money, person
from billing.admin.documents import Fact, Page
from billing.models import Bill, Event
from invoices.admin.payable_actions import NewLink, RecordPayment
from invoices.admin.sections import invoices_section, link_section, notices_of, payments_section, subjects_of


class FullBillAdmin(BillAdmin):
    page_actions = (RecordPayment(), NewLink(), CancelBill())
    list_select_related = ("merchant", "customer")

    def page(self, request: HttpRequest, row: Bill) -> Page:
        invoices = list(row.invoices.order_by("-id"))
        payments = list(row.payments.select_related("recorded_by").order_by("-id"))
        return Page(
            currency=row.currency,
            facts=_facts(row),
            notices=notices_of(invoices),
            sections=[
                invoices_section(invoices, empty=_("Not invoiced yet. That happens by itself within a minute.")),
                payments_section(payments),
                link_section(row),
            ],
            subjects=[(Event.Subject.BILL, [row.pk]), *subjects_of(invoices, payments)],
        )


def _facts(bill: Bill) -> list[Fact]:
    is_late = is_overdue(bill)
    return [
        Fact(title=_("Still owed"), value=money(bill.amount_due, bill.currency), is_loud=True),
        Fact(title=_("Status"), value=bill_label(bill)),
        Fact(title=_("Customer"), value=link(bill.customer, person(bill.customer_name, bill.customer_phone))),
        Fact(title=_("Amount"), value=money(bill.amount, bill.currency)),
        Fact(title=_("Paid so far"), value=money(bill.amount_paid, bill.currency)),
        Fact(title=_("Due"), value=day(bill.due_date, is_late=is_late)),
    ]


admin.site.register(Bill, FullBillAdmin)
