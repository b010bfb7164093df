"""API keys: issued, shown once, revoked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from billing.admin.cells import instant, label, latin
from billing.admin.lists.filters import MerchantFilter, present_filter
from billing.admin.lists.searching import Search
from billing.admin.merchants.api_key_form import IssueForm
from billing.admin.page_actions import Doer, PageAction, Text
from billing.admin.roles import Right
from billing.admin.screens.documents import DocumentAdmin, Page
from billing.models import ApiKey, Event
from billing.services import issue_api_key, revoke_api_key


class Revoke(PageAction):
    name = "revoke"
    title = _("Revoke")
    right = Right.MANAGE_API_KEYS
    icon = "key_off"
    variant = ActionVariant.DANGER
    confirm = _("Revoke this key")

    def is_offered(self, row: ApiKey) -> bool:
        return row.revoked_at is None

    def consequences(self, row: ApiKey) -> Sequence[Text]:
        return [
            _("The system that uses this key is refused from its next call on."),
            _("A revoked key cannot be brought back: issue a new one instead."),
        ]

    def run(self, row: ApiKey, *, values: Mapping[str, Any], doer: Doer) -> str:
        revoke_api_key(prefix=row.prefix, merchant=row.merchant, actor=doer.actor, now=doer.now)
        return gettext_now("The key %(prefix)s is revoked.") % {"prefix": row.prefix}


class ApiKeyAdmin(DocumentAdmin):
    see_right = Right.SEE_SETUP
    add_right = Right.MANAGE_API_KEYS
    search = Search(numbers=("prefix",), names=("label",))
    page_actions = (Revoke(),)
    list_select_related = ("merchant",)
    list_display = ("key", "merchant_shown", "label", "state", "created", "last_used", "expires")
    list_filter = (MerchantFilter, present_filter("revoked_at", "revoked", _("revoked")))
    fields: ClassVar[Any] = ("merchant_shown", "label", "created", "last_used", "expires", "revoked")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Issue a key. Its plaintext is in this one answer and nowhere else."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = IssueForm(request.POST if request.method == "POST" else None, request=request)
        if not form.is_valid():
            return self._answer(request, "admin/office/issue_api_key.html", form=form, title=_("Issue an API key"))
        doer = Doer.of(request)
        values = form.cleaned_data
        api_key, plaintext = issue_api_key(
            merchant=values["merchant"],
            label=values["label"],
            expires_at=form.expires_at,
            actor=doer.actor,
            now=doer.now,
        )
        title = _("Your new API key")
        return self._answer(
            request, "admin/office/api_key_issued.html", api_key=api_key, plaintext=plaintext, title=title
        )

    def _answer(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "back": self.list_url()}
        return TemplateResponse(request, template, context, headers={"Cache-Control": "no-store"})

    def page(self, request: HttpRequest, row: ApiKey) -> Page:
        return Page(subjects=[(Event.Subject.API_KEY, [row.pk])])

    @display(description=_("key"), ordering="prefix")
    def key(self, obj: ApiKey) -> SafeString:
        return latin(obj)

    @display(description=_("state"))
    def state(self, obj: ApiKey) -> SafeString:
        if obj.revoked_at:
            return label(_("Revoked"), "danger")
        is_expired = obj.expires_at is not None and obj.expires_at <= timezone.now()
        return label(_("Expired"), "warning") if is_expired else label(_("Works"), "success")

    @display(description=_("created"), ordering="created_at")
    def created(self, obj: ApiKey) -> SafeString:
        return instant(obj.created_at)

    @display(description=_("last used"), ordering="last_used_at")
    def last_used(self, obj: ApiKey) -> SafeString:
        return instant(obj.last_used_at)

    @display(description=_("expires"), ordering="expires_at")
    def expires(self, obj: ApiKey) -> SafeString:
        return instant(obj.expires_at)

    @display(description=_("revoked"))
    def revoked(self, obj: ApiKey) -> SafeString:
        return instant(obj.revoked_at)


admin.site.register(ApiKey, ApiKeyAdmin)
