"""Payments: never edited; the ones nobody expected stand out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.exporting import ExportingAdmin
from billing.admin.cells import above, instant, isolated, latin, link, money, status_label
from billing.admin.lists.chosen_filters import CustomerFilter, RecorderFilter
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from billing.admin.lists.searching import Search
from billing.admin.roles import Right
from billing.admin.screens.documents import DocumentAdmin, Fact, Notice, Page
from billing.models import Event
from invoices.admin.asked_about import about_payment
from invoices.admin.export_columns import PAYMENT_COLUMNS
from invoices.admin.messages.by_hand import ReceiptByWhatsApp
from invoices.admin.payments.credit_actions import UseSurplus
from invoices.admin.payments.credits import left_over_fact, used_from_section
from invoices.admin.payments.outside_shifts_filter import OutsideShiftsFilter
from invoices.admin.payments.receipt_emails import SendReceipt, receipt_facts
from invoices.admin.payments.refund_actions import RequestRefund
from invoices.admin.payments.refunds import refunds_section
from invoices.admin.payments.stated_facts import stated_facts
from invoices.admin.payments.stated_filter import StatedFilter
from invoices.admin.payments.waiting_notices import waiting_notices
from invoices.admin.printing import Print, PrintingAdmin
from invoices.admin.review_filter import ReviewFilter
from invoices.documents import staff_papers
from invoices.models import Payment


class PaymentAdmin(ExportingAdmin, PrintingAdmin, DocumentAdmin):
    prints = (
        Print(name="receipt", title=_("Receipt, A4"), make=staff_papers.print_receipt),
        Print(name="receipt-80mm", title=_("Receipt, 80 mm"), make=staff_papers.print_receipt_roll),
    )
    search = Search(
        numbers=("receipt_no", "transaction_token", "invoice__number", "bill__billing_no"),
        phones=("customer__phone",),
        names=("note",),
        spelled=("customer__search_name",),
    )
    search_help_text = _("Transaction, invoice or bill number, phone, name or note")
    page_actions = (UseSurplus(), SendReceipt(), RequestRefund(), ReceiptByWhatsApp())
    list_display = (
        "received",
        "customer_shown",
        "for_shown",
        "method_shown",
        "amount_shown",
        "settled",
        "review",
        "merchant_shown",
    )
    list_select_related = ("merchant", "customer", "bill", "installment__subscription", "recorded_by")
    page_related = ("invoice", "gateway_account")
    list_before_template = "admin/office/export_links.html"
    export_columns = PAYMENT_COLUMNS
    list_filter = (
        MerchantFilter,
        CustomerFilter,
        ReviewFilter,
        StatedFilter,
        choice_filter("method", _("method"), Payment.Method),
        OutsideShiftsFilter,
        RecorderFilter,
        recent_filter("received_at", _("received")),
    )
    linked_lookups = ("currency", "invoice__channel")
    ordering = ("-received_at", "-id")
    sorted_by_index = ("received_at",)
    fields: ClassVar[Any] = (
        "received",
        "recorded_by_shown",
        "note_shown",
        "invoice_shown",
        "transaction_shown",
        "payment_type",
        "provisional",
        "account_shown",
        "merchant_shown",
    )

    def asked_about(self, row: Payment) -> list[Fact]:
        return about_payment(row)

    def page(self, request: HttpRequest, row: Payment) -> Page:
        refunds = list(row.refunds.select_related("payment", "requested_by").order_by("-id"))
        related = ("payment", "bill", "installment__subscription", "requested_by")
        used = list(row.credits.select_related(*related).order_by("-id"))
        notices = [Notice(text=row.get_review_reason_display())] if row.review_reason else []
        notices += waiting_notices([*refunds, *used])
        facts = [
            Fact(title=_("Received"), value=money(row.amount, row.currency), is_loud=True),
            Fact(title=_("Settled"), value=money(row.applied_amount, row.currency)),
            *left_over_fact(row),
            Fact(title=_("Method"), value=row.get_method_display()),
            Fact(title=_("Customer"), value=link(row.customer)),
            Fact(title=_("For"), value=self.for_shown(row)),
            Fact(title=_("Receipt number"), value=latin(row.receipt_no)),
            *receipt_facts(row),
            *(stated_facts(row) if self.allows(request, Right.SEE_REPORTS, row) else []),
        ]
        subjects = [(Event.Subject.PAYMENT, [row.pk])]
        sections = [refunds_section(refunds), *used_from_section(used), self.documents_section(row)]
        return Page(facts=facts, notices=notices, sections=sections, subjects=subjects, currency=row.currency)

    @display(description=_("received"), ordering="received_at")
    def received(self, obj: Payment) -> SafeString:
        return instant(obj.received_at)

    @display(description=_("customer"))
    def customer_shown(self, obj: Payment) -> SafeString:
        return isolated(obj.customer.name)

    @display(description=_("for"))
    def for_shown(self, obj: Payment) -> SafeString:
        payable = obj.bill or obj.installment
        assert payable is not None  # payment_is_for_one_bill_or_installment
        return link(payable)

    @display(description=_("method"), ordering="method")
    def method_shown(self, obj: Payment) -> SafeString | str:
        method = obj.get_method_display()
        return above(method, self.recorded_by_shown(obj)) if obj.recorded_by else method

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, obj: Payment) -> SafeString:
        return money(obj.amount, obj.currency)

    @display(description=_("settled"), ordering="applied_amount")
    def settled(self, obj: Payment) -> SafeString:
        return money(obj.applied_amount, obj.currency)

    @display(description=_("for review"), ordering="review_reason")
    def review(self, obj: Payment) -> SafeString:
        return status_label(obj, "review_reason")

    @display(description=_("recorded by"))
    def recorded_by_shown(self, obj: Payment) -> SafeString:
        return isolated(obj.recorded_by and obj.recorded_by.display_name)

    @display(description=_("note"))
    def note_shown(self, obj: Payment) -> SafeString:
        return isolated(obj.note)

    @display(description=_("transaction"))
    def transaction_shown(self, obj: Payment) -> SafeString:
        return latin(obj.transaction_token)

    @display(description=_("invoice"))
    def invoice_shown(self, obj: Payment) -> SafeString:
        return link(obj.invoice) if obj.invoice else isolated("")

    @display(description=_("confirmed"), boolean=True)
    def provisional(self, obj: Payment) -> bool:
        return not obj.is_provisional

    @display(description=_("gateway account"))
    def account_shown(self, obj: Payment) -> SafeString:
        return latin(obj.gateway_account and obj.gateway_account.merchant_code)


admin.site.register(Payment, PaymentAdmin)
