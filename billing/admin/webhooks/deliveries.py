"""What was sent to webhooks: each delivery with its content, every attempt, and sending one again."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, isolated, latin, link, status_label
from billing.admin.lists.filters import MerchantFilter, choice_filter, recent_filter
from billing.admin.lists.searching import Search
from billing.admin.roles import Right
from billing.admin.screens.documents import Column, DocumentAdmin, Fact, Page, Section
from billing.admin.webhooks.actions import SendDeliveryAgain
from billing.models import WebhookDelivery
from billing.stored_sentences import in_words

_ATTEMPTS_SHOWN = 50


class WebhookDeliveryAdmin(DocumentAdmin):
    see_right = Right.SEE_SETUP
    search = Search(numbers=("type",))
    page_actions = (SendDeliveryAgain(),)
    linked_lookups = ("endpoint_id",)
    list_select_related = ("merchant", "endpoint")
    list_display = ("told", "type_shown", "endpoint_shown", "state", "attempts", "answer", "merchant_shown")
    list_filter = (
        MerchantFilter,
        choice_filter("status", _("status"), WebhookDelivery.Status),
        recent_filter("created_at", _("created")),
    )
    ordering = ("-id",)
    fields: ClassVar[Any] = ("told", "type_shown", "endpoint_shown", "next_attempt", "finished", "merchant_shown")

    def page(self, request: HttpRequest, row: WebhookDelivery) -> Page:
        facts = [Fact(title=_("Status"), value=self.state(row), is_loud=True)]
        facts.append(Fact(title=_("Attempts"), value=str(row.attempts)))
        facts.append(Fact(title=_("Id"), value=latin(row.public_id)))
        return Page(facts=facts, sections=[_attempts(row), _content(row)])

    @display(description=_("when"), ordering="id")
    def told(self, obj: WebhookDelivery) -> SafeString:
        return instant(obj.created_at)

    @display(description=_("type"))
    def type_shown(self, obj: WebhookDelivery) -> SafeString:
        return latin(obj.type)

    @display(description=_("webhook"))
    def endpoint_shown(self, obj: WebhookDelivery) -> SafeString:
        return link(obj.endpoint, latin(obj.endpoint.url))

    @display(description=_("status"))
    def state(self, obj: WebhookDelivery) -> SafeString:
        return status_label(obj)

    @display(description=_("last answer"))
    def answer(self, obj: WebhookDelivery) -> SafeString:
        return isolated(in_words(obj.detail))

    @display(description=_("next attempt"))
    def next_attempt(self, obj: WebhookDelivery) -> SafeString:
        return instant(obj.due_at if obj.status == WebhookDelivery.Status.DUE else None)

    @display(description=_("finished"))
    def finished(self, obj: WebhookDelivery) -> SafeString:
        return instant(obj.finished_at)


def _content(delivery: WebhookDelivery) -> Section:
    """Set out in lines, to be read; it is sent in one."""
    if not delivery.body:
        return Section(title=_("Content"), empty=_("It has not been sent yet."))
    shown = json.dumps(json.loads(delivery.body), ensure_ascii=False, indent=2)
    return Section(
        title=_("Content"), content=format_html('<pre class="office-code" dir="ltr" tabindex="0">{}</pre>', shown)
    )


def _attempts(delivery: WebhookDelivery) -> Section:
    rows = delivery.calls.order_by("-id")[:_ATTEMPTS_SHOWN]
    return Section(
        title=_("Attempts"),
        columns=[
            Column(title=_("Started")),
            Column(title=_("Finished")),
            Column(title=_("HTTP answer"), is_numeric=True),
            Column(title=_("Detail")),
        ],
        rows=[
            [instant(row.started_at), instant(row.finished_at), row.answer or "—", isolated(in_words(row.detail))]
            for row in rows
        ],
        empty=_("It has not been sent yet."),
    )


admin.site.register(WebhookDelivery, WebhookDeliveryAdmin)
