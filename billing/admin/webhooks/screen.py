"""Webhooks: added, their secret shown once, paused, resumed, removed; and what was sent to them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, label, latin, link, status_label
from billing.admin.lists.filters import MerchantFilter, present_filter
from billing.admin.lists.searching import Search
from billing.admin.page_actions import Doer, PageAction, explain
from billing.admin.roles import Right
from billing.admin.screens.documents import Column, DocumentAdmin, Fact, Notice, Page, Section
from billing.admin.webhooks.actions import Pause, Remove, RenewSecret, Resume, SendTest
from billing.admin.webhooks.form import WebhookForm
from billing.errors import DomainError
from billing.models import Event, WebhookDelivery, WebhookEndpoint
from billing.webhooks.endpoints import WebhookGone, add_endpoint, rotate_secret

_DELIVERIES_SHOWN = 20


class WebhookEndpointAdmin(DocumentAdmin):
    see_right = Right.SEE_SETUP
    add_right = Right.MANAGE_WEBHOOKS
    search = Search(names=("url",))
    page_actions = (SendTest(), Resume(), Pause(), RenewSecret(), Remove())
    list_select_related = ("merchant",)
    list_display = ("address", "merchant_shown", "state", "last_delivered", "created")
    list_filter = (MerchantFilter, present_filter("removed_at", "removed", _("removed")))
    ordering = ("-id",)
    fields: ClassVar[Any] = ("merchant_shown", "address", "created", "last_delivered")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Add one. Its secret is in this one answer and nowhere else."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = WebhookForm(request.POST if request.method == "POST" else None, request=request)
        if form.is_valid() and (answer := self._add(request, form)) is not None:
            return answer
        return self._answer(request, "admin/office/add_webhook.html", form=form, title=_("Add a webhook"))

    def _add(self, request: HttpRequest, form: WebhookForm) -> HttpResponse | None:
        """None where it is refused, which the form then says."""
        doer, values = Doer.of(request), form.cleaned_data
        try:
            endpoint, secret = add_endpoint(
                merchant=values["merchant"],
                url=values["url"],
                allow_private=settings.GATEWAY_ALLOW_PRIVATE,
                actor=doer.actor,
                now=doer.now,
            )
        except DomainError as refusal:
            form.add_error("url", explain(refusal))
            return None
        return self._show_secret(request, endpoint, secret)

    def before_run(self, request: HttpRequest, row: Any, action: PageAction, form: Any) -> HttpResponse | None:
        """A new secret is shown on a page of its own: a message would be kept in the person's cookie."""
        if not isinstance(action, RenewSecret):
            return None
        doer = Doer.of(request)
        try:
            endpoint, secret = rotate_secret(
                merchant_id=row.merchant_id, endpoint_id=row.pk, actor=doer.actor, now=doer.now
            )
        except WebhookGone as refusal:
            messages.error(request, explain(refusal))
            return HttpResponseRedirect(self.page_of(row))
        return self._show_secret(request, endpoint, secret)

    def _show_secret(self, request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
        title, back = _("The webhook's secret"), self.page_of(endpoint)
        return self._answer(
            request, "admin/office/webhook_secret.html", endpoint=endpoint, secret=secret, title=title, back=back
        )

    def _answer(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "back": self.list_url(), **context}
        return TemplateResponse(request, template, context, headers={"Cache-Control": "no-store"})

    def page(self, request: HttpRequest, row: WebhookEndpoint) -> Page:
        return Page(
            notices=notices_of(row),
            facts=[Fact(title=_("Status"), value=self.state(row), is_loud=True)],
            sections=[_deliveries(row)],
            subjects=[(Event.Subject.WEBHOOK, [row.pk])],
        )

    @display(description=_("address"), ordering="url")
    def address(self, obj: WebhookEndpoint) -> SafeString:
        return latin(obj.url)

    @display(description=_("state"))
    def state(self, obj: WebhookEndpoint) -> SafeString:
        if obj.removed_at:
            return label(_("Removed"))
        if obj.disabled_at:
            return label(_("Switched off"), "danger")
        if obj.paused_at:
            return label(_("Paused"), "warning")
        return label(_("Failing"), "warning") if obj.failing_since else label(_("Works"), "success")

    @display(description=_("last delivered"), ordering="last_delivered_at")
    def last_delivered(self, obj: WebhookEndpoint) -> SafeString:
        return instant(obj.last_delivered_at)

    @display(description=_("created"), ordering="id")
    def created(self, obj: WebhookEndpoint) -> SafeString:
        return instant(obj.created_at)


def notices_of(endpoint: WebhookEndpoint) -> list[Notice]:
    if endpoint.disabled_at:
        text = _(
            "Switched off: your system has failed for five days, or said that nobody listens there any more. "
            "Put it right, resume, and send again the deliveries that were given up."
        )
        return [Notice(text=text, colour="danger")]
    if endpoint.failing_since:
        text = _(
            "Your system fails at the moment. What it misses is repeated for three days; after five days of failures "
            "the webhook is switched off."
        )
        return [Notice(text=text)]
    return []


def _deliveries(endpoint: WebhookEndpoint) -> Section:
    rows = endpoint.deliveries.order_by("-id")[:_DELIVERIES_SHOWN]
    return Section(
        title=_("Deliveries"),
        columns=[
            Column(title=_("When")),
            Column(title=_("Type")),
            Column(title=_("Status")),
            Column(title=_("Answer")),
        ],
        rows=[[instant(row.created_at), _linked_type(row), status_label(row), latin(row.detail)] for row in rows],
        empty=_("Nothing has happened yet. Send a test event to see whether your system understands us."),
        more_url=f"{reverse('admin:billing_webhookdelivery_changelist')}?endpoint_id={endpoint.pk}",
    )


def _linked_type(delivery: WebhookDelivery) -> SafeString:
    return link(delivery, latin(delivery.type or delivery.public_id))


admin.site.register(WebhookEndpoint, WebhookEndpointAdmin)
