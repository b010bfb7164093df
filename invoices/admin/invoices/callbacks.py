"""What came in that says it is from a gateway."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, isolated, status_label
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from invoices.admin.invoices.log import InvoiceLogAdmin
from invoices.gateway_sentences import gateway_words
from invoices.models import GatewayCallback


class GatewayCallbackAdmin(InvoiceLogAdmin):
    """Without its payload, which anybody can have sent: what counts is what the gateway said when asked."""

    list_display = (
        "received",
        "merchant_shown",
        "kind",
        "state_shown",
        "invoice_shown",
        "problem_shown",
        "times_received",
    )
    list_select_related = ("merchant", "invoice")
    list_filter = (
        MerchantFilter,
        choice_filter("kind", _("kind"), GatewayCallback.Kind),
        choice_filter("state", _("state"), GatewayCallback.State),
        recent_filter("received_at", _("received")),
    )
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        "kind",
        "state_shown",
        "invoice_shown",
        "problem_shown",
        "received",
        "times_received",
        "merchant_shown",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[GatewayCallback]:
        rows: QuerySet[GatewayCallback] = super().get_queryset(request)
        return rows.defer("payload")

    @display(description=_("received"), ordering="id")
    def received(self, obj: GatewayCallback) -> SafeString:
        return instant(obj.received_at)

    @display(description=_("state"), ordering="state")
    def state_shown(self, obj: GatewayCallback) -> SafeString:
        return status_label(obj, "state")

    @display(description=_("problem"))
    def problem_shown(self, obj: GatewayCallback) -> SafeString:
        return isolated(gateway_words(obj.problem))


admin.site.register(GatewayCallback, GatewayCallbackAdmin)
