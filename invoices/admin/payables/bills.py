"""A bill with its invoices, payments and payment page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.channel_choosing import ChooseBillChannel
from billing.admin.acts.exporting import ExportingAdmin
from billing.admin.acts.holding import held_notices
from billing.admin.acts.notes import AddNote
from billing.admin.acts.whole_lists import WholeListAdmin
from billing.admin.bills.cancelling import CancelBill
from billing.admin.bills.changing import ChangeAmount, ChangeBill, PromiseBill
from billing.admin.bills.screen import BillAdmin, bill_label, is_overdue
from billing.admin.cells import day, link, money, person
from billing.admin.roles import Right
from billing.admin.screens.documents import Fact, Notice, Page
from billing.models import Bill, Event
from invoices.admin.asked_about import about_bill
from invoices.admin.explanations import ExplainedAdmin
from invoices.admin.export_columns import BILL_COLUMNS
from invoices.admin.invoices.troubles import cancelled_though_paid, troubles_of
from invoices.admin.messages.wrong_recipient_actions import stopped_notices
from invoices.admin.payables.actions import MarkPaid, NewLink, RecordPayment
from invoices.admin.payables.new_bill import MakingBillsAdmin
from invoices.admin.payables.ways_on import folded, sending_buttons
from invoices.admin.payments.credits import used_here_section
from invoices.admin.payments.refunds import refunded_fact
from invoices.admin.printing import Print, PrintingAdmin
from invoices.admin.reminders.actions import RemindNow
from invoices.admin.reminders.sections import reminders_section
from invoices.admin.sections import (
    invoices_section,
    link_section,
    newest_invoices,
    payments_section,
    subjects_of,
)
from invoices.documents import staff_papers
from invoices.models import Invoice
from invoices.services.outdated import asks_for_what_is_owed


class FullBillAdmin(MakingBillsAdmin, ExportingAdmin, PrintingAdmin, WholeListAdmin, ExplainedAdmin, BillAdmin):
    page_actions = (
        RecordPayment(),
        MarkPaid(),
        NewLink(),
        RemindNow(),
        ChangeBill(),
        ChangeAmount(),
        PromiseBill(),
        ChooseBillChannel(),
        AddNote(),
        CancelBill(),
    )
    prints = (Print(name="invoice", title=_("Invoice"), make=staff_papers.print_invoice),)
    search = replace(
        BillAdmin.search, exact=("customer__national_id", "invoices__number"), amounts=Q(status=Bill.Status.PENDING)
    )
    search_help_text = _("Number, phone, name, national id or amount")
    list_select_related = ("merchant", "customer")
    page_related = ("page_opening",)
    export_columns = BILL_COLUMNS

    def asked_about(self, row: Bill) -> list[Fact]:
        return about_bill(row)

    def _buttons(self, request: HttpRequest, row: Bill) -> list[dict[str, Any]]:
        sending = sending_buttons(row) if self.allows(request, Right.SEND, row) else []
        return folded([*super()._buttons(request, row), *sending], shown=3)

    def page(self, request: HttpRequest, row: Bill) -> Page:
        invoices = newest_invoices(row)
        payments = list(row.payments.select_related("recorded_by").order_by("-id"))
        return Page(
            currency=row.currency,
            facts=_facts(row),
            notices=[
                *held_notices(row),
                *stopped_notices(row.customer),
                *troubles_of(invoices, may_ask=self.allows(request, Right.SEND, row)),
                *_outdated(row, invoices),
                *cancelled_though_paid(row, payments),
            ],
            sections=[
                invoices_section(invoices, empty=_("Not invoiced yet. That happens by itself within a minute.")),
                link_section(row),
                payments_section(payments),
                *used_here_section(row, payments),
                reminders_section(row, now=timezone.now()),
                self.documents_section(row),
            ],
            subjects=[(Event.Subject.BILL, [row.pk]), *subjects_of(invoices, payments)],
        )


def _outdated(bill: Bill, invoices: Iterable[Invoice]) -> list[Notice]:
    """After a change, until the gateway has confirmed that the old link is dead."""
    open_ones = [invoice for invoice in invoices if invoice.status == Invoice.Status.OPEN]
    if bill.amount_due <= 0 or all(asks_for_what_is_owed(invoice, bill) for invoice in open_ones):
        return []
    text = _("The open invoice asks for something else. It is cancelled at the gateway first; then a new one goes out.")
    return [Notice(text=text)]


def _facts(bill: Bill) -> list[Fact]:
    is_late = is_overdue(bill)
    promise = [Fact(title=_("Promised by"), value=day(bill.promised_until))] if bill.promised_until else []
    return [
        Fact(title=_("Still owed"), value=money(bill.amount_due, bill.currency), is_loud=True),
        Fact(title=_("Status"), value=bill_label(bill)),
        Fact(title=_("Customer"), value=link(bill.customer, person(bill.customer_name, bill.customer_phone))),
        Fact(title=_("Amount"), value=money(bill.amount, bill.currency)),
        Fact(title=_("Paid so far"), value=money(bill.amount_paid, bill.currency)),
        *refunded_fact(bill, bill.currency),
        Fact(title=_("Due"), value=day(bill.due_date, is_late=is_late)),
        *promise,
    ]


admin.site.register(Bill, FullBillAdmin)
