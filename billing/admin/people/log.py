"""The log, and what only the platform's administrators look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import day, instant, isolated, label, latin
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from billing.admin.roles import rights_of
from billing.admin.screens.documents import DocumentAdmin
from billing.admin.screens.timeline import detail_of, name_of_actor, words_of
from billing.models import Event, IdempotencyKey, NumberSequence, User

# Where the rows that events speak of have their pages; the layers above register some of them.
_PAGES: Final[Mapping[str, str]] = {
    Event.Subject.MERCHANT: "billing_merchant",
    Event.Subject.API_KEY: "billing_apikey",
    Event.Subject.CUSTOMER: "billing_customer",
    Event.Subject.BILL: "billing_bill",
    Event.Subject.SUBSCRIPTION: "subscriptions_subscription",
    Event.Subject.INSTALLMENT: "subscriptions_installment",
    Event.Subject.INVOICE: "invoices_invoice",
    Event.Subject.PAYMENT: "invoices_payment",
    Event.Subject.GATEWAY_ACCOUNT: "invoices_gatewayaccount",
    Event.Subject.WEBHOOK: "billing_webhookendpoint",
}


class EventAdmin(DocumentAdmin):
    list_display = ("when", "merchant_shown", "subject_shown", "what", "who", "details_shown")
    list_select_related = ("merchant",)
    list_filter = (
        MerchantFilter,
        choice_filter("subject", _("subject"), Event.Subject),
        recent_filter("occurred_at", _("when")),
    )
    linked_lookups = ("subject_id",)
    ordering = ("-id",)
    fields: ClassVar[Any] = ("when", "merchant_shown", "subject_shown", "what", "who", "details_shown", "stored")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        actor = Concat(Value("user:"), Cast("pk", CharField()))
        people = User.objects.annotate(actor=actor).filter(actor=OuterRef("actor"))
        rows: QuerySet[Event] = super().get_queryset(request)
        return rows.annotate(person=Subquery(people.values("username")[:1]))

    @display(description=_("when"), ordering="occurred_at")
    def when(self, obj: Event) -> SafeString:
        return instant(obj.occurred_at)

    @display(description=_("about"))
    def subject_shown(self, obj: Event) -> SafeString:
        url = reverse(f"admin:{_PAGES[obj.subject]}_change", args=[obj.subject_id])
        return format_html('<a href="{}">{}</a>', url, label(obj.get_subject_display()))

    @display(description=_("event"))
    def what(self, obj: Event) -> str:
        return words_of(obj)

    @display(description=_("through"))
    def who(self, obj: Event) -> str:
        return str(getattr(obj, "person", None) or name_of_actor(obj.actor))

    @display(description=_("details"))
    def details_shown(self, obj: Event) -> SafeString:
        return isolated(detail_of(obj))

    @display(description=_("as it was stored"))
    def stored(self, obj: Event) -> SafeString:
        return latin(json.dumps(obj.details, ensure_ascii=False) if obj.details else "")


class PlatformAdmin(DocumentAdmin):
    """Nobody but the platform's administrators."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return rights_of(request).is_platform

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows if rights_of(request).is_platform else rows.none()


class NumberSequenceAdmin(PlatformAdmin):
    list_display = ("day_shown", "kind_shown", "last", "merchant_shown")
    list_select_related = ("merchant",)
    list_filter = (MerchantFilter,)
    ordering = ("-day", "merchant_id")
    fields: ClassVar[Any] = ("day_shown", "kind_shown", "last", "merchant_shown")

    @display(description=_("day"), ordering="day")
    def day_shown(self, obj: NumberSequence) -> SafeString:
        return day(obj.day)

    @display(description=_("kind"), ordering="kind")
    def kind_shown(self, obj: NumberSequence) -> SafeString:
        return latin(obj.kind)

    @display(description=_("last number"), ordering="last_value")
    def last(self, obj: NumberSequence) -> int:
        return obj.last_value


class IdempotencyKeyAdmin(PlatformAdmin):
    """Without the stored answer: it holds what the client was told about a customer."""

    list_display = ("created", "endpoint_shown", "key_shown", "merchant_shown")
    list_select_related = ("merchant",)
    list_filter = (MerchantFilter,)
    ordering = ("-created_at",)
    fields: ClassVar[Any] = ("endpoint_shown", "key_shown", "created", "merchant_shown")

    @display(description=_("created"), ordering="created_at")
    def created(self, obj: IdempotencyKey) -> SafeString:
        return instant(obj.created_at)

    @display(description=_("address"), ordering="endpoint")
    def endpoint_shown(self, obj: IdempotencyKey) -> SafeString:
        return latin(obj.endpoint)

    @display(description=_("key"), ordering="key")
    def key_shown(self, obj: IdempotencyKey) -> SafeString:
        return latin(obj.key)


admin.site.register(Event, EventAdmin)
admin.site.register(NumberSequence, NumberSequenceAdmin)
admin.site.register(IdempotencyKey, IdempotencyKeyAdmin)
