"""Invoices: how far each has got at the gateway, and what a person can do about it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.acts.exporting import ExportingAdmin
from billing.admin.acts.whole_lists import WholeListAdmin
from billing.admin.cells import (
    copyable,
    day,
    instant,
    latin,
    link,
    money,
    number,
    person,
    status_label,
)
from billing.admin.lists.chosen_filters import CustomerFilter
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from billing.admin.lists.searching import Search
from billing.admin.lists.tabs import TabbedList
from billing.admin.screens.documents import Fact, Page
from billing.models import Channel, Event
from invoices.admin.asked_about import about_invoice
from invoices.admin.explanations import ExplainedAdmin
from invoices.admin.export_columns import INVOICE_COLUMNS
from invoices.admin.invoices.actions import AskGateway, CancelInvoice, ItWasSent, Resend, SendOnceMore
from invoices.admin.invoices.channel_switching import SendByAnotherChannel
from invoices.admin.invoices.facts import invoice_facts, invoice_notices, link_sections
from invoices.admin.invoices.held_back_filter import HeldBackFilter
from invoices.admin.invoices.sections import attempts_section, callbacks_section, enquiries_section
from invoices.admin.invoices.whole_list_acts import ResendAll, SendRefusedAgain
from invoices.admin.messages.by_hand import InvoiceByMail, InvoiceByWhatsApp
from invoices.admin.sections import payments_section
from invoices.models import Invoice


class InvoiceAdmin(ExportingAdmin, WholeListAdmin, TabbedList, ExplainedAdmin):
    search = Search(
        numbers=("number", "reference", "gateway_id", "bill__billing_no", "installment__subscription__subscription_no"),
        phones=("customer__phone",),
        spelled=("customer__search_name",),
    )
    search_help_text = _("Invoice, bill or gateway number, phone or name")
    page_actions = (
        Resend(),
        AskGateway(),
        ItWasSent(),
        SendOnceMore(),
        InvoiceByWhatsApp(),
        SendByAnotherChannel(),
        InvoiceByMail(),
        ResendAll(),
        SendRefusedAgain(),
        CancelInvoice(),
    )
    tabs = Invoice.Status
    list_display = (
        "number_shown",
        "customer_shown",
        "amount_shown",
        "state",
        "delivery_state",
        "channel_shown",
        "sent",
        "due",
        "merchant_shown",
    )
    list_select_related = ("merchant",)
    page_related = ("customer", "bill__merchant", "installment__subscription__merchant", "gateway_account")
    export_columns = INVOICE_COLUMNS
    list_filter = (
        MerchantFilter,
        CustomerFilter,
        choice_filter("status", _("status"), Invoice.Status),
        choice_filter("delivery", _("delivery"), Invoice.Delivery),
        choice_filter("channel", _("channel"), Channel),
        HeldBackFilter,
        recent_filter("created_at", _("created")),
    )
    linked_lookups = ("bill", "installment")
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        "asks_for",
        "reference_shown",
        "channel",
        "email_shown",
        "valid_until",
        "made_before",
        "attempts",
        "account_shown",
        "gateway_id_shown",
        "merchant_shown",
        "created",
    )

    def asked_about(self, row: Invoice) -> list[Fact]:
        return about_invoice(row)

    def page(self, request: HttpRequest, row: Invoice) -> Page:
        payments = list(row.payments.select_related("recorded_by").order_by("-id"))
        return Page(
            currency=row.currency,
            facts=invoice_facts(row),
            notices=invoice_notices(row),
            sections=[
                *link_sections(row),
                payments_section(payments),
                attempts_section(row),
                enquiries_section(row),
                callbacks_section(row),
            ],
            subjects=[(Event.Subject.INVOICE, [row.pk]), (Event.Subject.PAYMENT, [each.pk for each in payments])],
        )

    @display(description=_("number"), ordering="id")
    def number_shown(self, obj: Invoice) -> SafeString:
        return number(obj.number)

    @display(description=_("customer"), ordering="customer_name")
    def customer_shown(self, obj: Invoice) -> SafeString:
        return person(obj.customer_name, obj.customer_phone)

    @display(description=_("amount"), ordering="amount")
    def amount_shown(self, obj: Invoice) -> SafeString:
        return money(obj.amount, obj.currency)

    @display(description=_("status"), ordering="status")
    def state(self, obj: Invoice) -> SafeString:
        return status_label(obj)

    @display(description=_("delivery"), ordering="delivery")
    def delivery_state(self, obj: Invoice) -> SafeString:
        return status_label(obj, "delivery")

    @display(description=_("channel"), ordering="channel")
    def channel_shown(self, obj: Invoice) -> str:
        return obj.get_channel_display()

    @display(description=_("sent"), ordering="sent_at")
    def sent(self, obj: Invoice) -> SafeString:
        return instant(obj.sent_at)

    @display(description=_("due"), ordering="due_date")
    def due(self, obj: Invoice) -> SafeString:
        return day(obj.due_date)

    @display(description=_("for"))
    def asks_for(self, obj: Invoice) -> SafeString:
        return link(obj.payable)

    @display(description=_("invoices for this until then"))
    def made_before(self, obj: Invoice) -> str:
        return str(obj.issue_no)

    @display(description=_("reference"))
    def reference_shown(self, obj: Invoice) -> SafeString:
        return copyable(obj.reference)

    @display(description=_("e-mail"))
    def email_shown(self, obj: Invoice) -> SafeString:
        return latin(obj.customer_email)

    @display(description=_("link valid until"))
    def valid_until(self, obj: Invoice) -> SafeString:
        return day(obj.expires_on)

    @display(description=_("gateway account"))
    def account_shown(self, obj: Invoice) -> SafeString:
        return latin(obj.gateway_account and obj.gateway_account.merchant_code)

    @display(description=_("number at the gateway"))
    def gateway_id_shown(self, obj: Invoice) -> SafeString:
        return latin(obj.gateway_id)

    @display(description=_("created"))
    def created(self, obj: Invoice) -> SafeString:
        return instant(obj.created_at)


admin.site.register(Invoice, InvoiceAdmin)
