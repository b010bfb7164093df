"""The log of what was said between us and the gateways."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, isolated, latin, link, money, status_label
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from billing.admin.lists.searching import Search
from billing.admin.screens.documents import DocumentAdmin
from invoices.gateway_sentences import gateway_words
from invoices.models import DeliveryAttempt, Enquiry


class InvoiceLogAdmin(DocumentAdmin):
    """Lines about one invoice each."""

    search = Search(numbers=("invoice__number", "invoice__reference"))

    @display(description=_("invoice"), ordering="invoice__number")
    def invoice_shown(self, obj: Any) -> SafeString:
        return link(obj.invoice) if obj.invoice_id else isolated("")


class DeliveryAttemptAdmin(InvoiceLogAdmin):
    list_display = ("started", "merchant_shown", "invoice_shown", "action", "channel", "outcome_shown", "detail_shown")
    list_select_related = ("merchant", "invoice")
    list_filter = (
        MerchantFilter,
        choice_filter("outcome", _("outcome"), DeliveryAttempt.Outcome),
        choice_filter("action", _("action"), DeliveryAttempt.Action),
        recent_filter("started_at", _("started")),
    )
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        "invoice_shown",
        "action",
        "channel",
        "outcome_shown",
        "detail_shown",
        "started",
        "finished",
        "merchant_shown",
    )

    @display(description=_("started"), ordering="id")
    def started(self, obj: DeliveryAttempt) -> SafeString:
        return instant(obj.started_at)

    @display(description=_("finished"))
    def finished(self, obj: DeliveryAttempt) -> SafeString:
        return instant(obj.finished_at)

    @display(description=_("outcome"), ordering="outcome")
    def outcome_shown(self, obj: DeliveryAttempt) -> SafeString:
        return status_label(obj, "outcome")

    @display(description=_("detail"))
    def detail_shown(self, obj: DeliveryAttempt) -> SafeString:
        return isolated(gateway_words(obj.detail))


class EnquiryAdmin(InvoiceLogAdmin):
    list_display = (
        "asked",
        "merchant_shown",
        "invoice_shown",
        "finding_shown",
        "amount_shown",
        "transaction_shown",
        "detail_shown",
    )
    list_select_related = ("merchant", "invoice")
    list_filter = (
        MerchantFilter,
        choice_filter("finding", _("finding"), Enquiry.Finding),
        recent_filter("asked_at", _("asked")),
    )
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        "invoice_shown",
        "finding_shown",
        "reference",
        "amount_shown",
        "transaction_shown",
        "merchant_code",
        "detail_shown",
        "asked",
        "merchant_shown",
    )

    @display(description=_("asked"), ordering="id")
    def asked(self, obj: Enquiry) -> SafeString:
        return instant(obj.asked_at)

    @display(description=_("finding"), ordering="finding")
    def finding_shown(self, obj: Enquiry) -> SafeString:
        return status_label(obj, "finding")

    @display(description=_("amount"))
    def amount_shown(self, obj: Enquiry) -> SafeString:
        return money(obj.amount, obj.invoice.currency)

    @display(description=_("transaction"))
    def transaction_shown(self, obj: Enquiry) -> SafeString:
        return latin(obj.transaction_token)

    @display(description=_("detail"))
    def detail_shown(self, obj: Enquiry) -> SafeString:
        return isolated(gateway_words(obj.detail))


admin.site.register(DeliveryAttempt, DeliveryAttemptAdmin)
admin.site.register(Enquiry, EnquiryAdmin)
