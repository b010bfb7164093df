"""An installment with its invoices, payments and payment page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.exporting import ExportingAdmin
from billing.admin.acts.holding import held_notices
from billing.admin.acts.notes import AddNote
from billing.admin.acts.whole_lists import WholeListAdmin
from billing.admin.cells import day, link, money, person
from billing.admin.roles import Right
from billing.admin.screens.documents import Fact, Page
from billing.models import Event
from invoices.admin.asked_about import about_installment
from invoices.admin.explanations import ExplainedAdmin
from invoices.admin.export_columns import INSTALLMENT_COLUMNS
from invoices.admin.invoices.troubles import troubles_of
from invoices.admin.messages.wrong_recipient_actions import stopped_notices
from invoices.admin.payables.actions import IssueNow, MarkPaid, NewLink, RecordPayment
from invoices.admin.payables.missed import HeldFilter, SkipHeld
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
from subscriptions.admin.installment_actions import PromiseInstallment
from subscriptions.admin.installments import InstallmentAdmin, installment_label, is_overdue
from subscriptions.models import Installment


class FullInstallmentAdmin(ExportingAdmin, PrintingAdmin, WholeListAdmin, ExplainedAdmin, InstallmentAdmin):
    prints = (
        Print(name="invoice", title=_("Invoice"), make=staff_papers.print_invoice),
        Print(name="clearance", title=_("Clearance certificate"), make=staff_papers.print_clearance),
    )
    page_actions = (
        RecordPayment(),
        MarkPaid(),
        IssueNow(),
        NewLink(),
        RemindNow(),
        SkipHeld(),
        PromiseInstallment(),
        AddNote(),
    )
    list_filter = (*InstallmentAdmin.list_filter, HeldFilter)
    list_select_related = ("merchant", "subscription", "subscription__customer")
    page_related = ("page_opening",)
    export_columns = INSTALLMENT_COLUMNS

    def asked_about(self, row: Installment) -> list[Fact]:
        return about_installment(row)

    def _buttons(self, request: HttpRequest, row: Installment) -> list[dict[str, Any]]:
        sending = sending_buttons(row) if self.allows(request, Right.SEND, row) else []
        return folded([*super()._buttons(request, row), *sending], shown=3)

    def page(self, request: HttpRequest, row: Installment) -> Page:
        invoices = newest_invoices(row)
        payments = list(row.payments.select_related("recorded_by").order_by("-id"))
        return Page(
            currency=row.subscription.currency,
            facts=_facts(row),
            notices=[
                *held_notices(row),
                *stopped_notices(row.subscription.customer),
                *troubles_of(invoices, may_ask=self.allows(request, Right.SEND, row)),
            ],
            sections=[
                invoices_section(invoices),
                link_section(row),
                payments_section(payments),
                *used_here_section(row, payments),
                reminders_section(row, now=timezone.now()),
                self.documents_section(row),
            ],
            subjects=[(Event.Subject.INSTALLMENT, [row.pk]), *subjects_of(invoices, payments)],
        )


def _facts(installment: Installment) -> list[Fact]:
    plan = installment.subscription
    customer = link(plan.customer, person(plan.customer_name, plan.customer_phone))
    return [
        Fact(title=_("Still owed"), value=money(installment.amount_due, plan.currency), is_loud=True),
        Fact(title=_("Status"), value=installment_label(installment)),
        Fact(title=_("Customer"), value=customer),
        Fact(title=_("Amount"), value=money(installment.amount, plan.currency)),
        Fact(title=_("Paid so far"), value=money(installment.amount_paid, plan.currency)),
        *refunded_fact(installment, plan.currency),
        Fact(title=_("Due"), value=day(installment.due_date, is_late=is_overdue(installment))),
    ]


admin.site.register(Installment, FullInstallmentAdmin)
