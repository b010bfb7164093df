"""The texts of the messages to customers: ours, or what a merchant has written in their place."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.asked_merchant import asked_merchant
from billing.admin.lists.filters import MerchantFilter
from billing.admin.merchant_names import named
from billing.admin.page_actions import Doer, explain
from billing.admin.roles import Right, merchants_where, rights_of
from billing.admin.screens.scoped import ScopedAdmin
from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Language, Merchant
from invoices.admin.messages.form import WordingForm
from invoices.admin.messages.sections import TextPage, list_rows, text_page
from invoices.messages.wordings import Wordings
from invoices.models import MessageTemplate
from invoices.services.message_templates import reset_template, save_template, wordings_of

Use = MessageTemplate.Use


class MessageTemplateAdmin(ScopedAdmin):
    """One merchant's messages at a time, each of them in both languages, whether or not they have a row."""

    see_right = Right.SEE_SETUP
    change_right = Right.CHANGE_MERCHANT
    list_filter = (MerchantFilter,)

    def get_urls(self) -> list[URLPattern]:
        text = self.admin_site.admin_view(self.text_view)
        own = path("<int:merchant_id>/<slug:use>/<slug:language>/", text, name="invoices_messagetemplate_text")
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        merchants = list(merchants_where(request, Right.SEE_SETUP).order_by("username")[:100])
        merchant = asked_merchant(request, Right.SEE_SETUP) if merchants else None
        wordings = wordings_of(merchant) if merchant else Wordings()
        context = self._context(request, title=gettext_lazy("Messages"), merchant=merchant) | {
            "merchants": named(merchants) if len(merchants) > 1 else [],
            "rows": list_rows(merchant, wordings, today=merchant.local_date(database_now())) if merchant else [],
            "languages": Language.choices,
        }
        return TemplateResponse(request, "messages/list.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return self.text_view(request, row.merchant_id, row.use, row.language)

    def text_view(self, request: HttpRequest, merchant_id: int, use: str, language: str) -> HttpResponse:
        """Look at one text, see how it would look, write it, or go back to ours."""
        merchant = merchants_where(request, Right.SEE_SETUP).filter(pk=merchant_id).first()
        if merchant is None or use not in Use.values or language not in Language.values:
            raise Http404
        page = text_page(merchant, Use(use), Language(language))
        if request.method == "POST":
            return self._post(request, page)
        return self._show(request, page, self._form(request, page, None))

    def _post(self, request: HttpRequest, page: TextPage) -> HttpResponse:
        if not self._may_write(request, page.merchant):
            raise PermissionDenied
        if "reset" in request.POST:
            return self._reset(request, page)
        form = self._form(request, page, request.POST)
        if not form.is_valid() or "preview" in request.POST:
            return self._show(request, page, form)
        doer = Doer.of(request)
        save_template(**page.key, wording=form.wording, actor=doer.actor, now=doer.now)
        messages.success(request, _("Saved: the next message has this text."))
        return HttpResponseRedirect(page.url)

    def _reset(self, request: HttpRequest, page: TextPage) -> HttpResponse:
        try:
            reset_template(**page.key, actor=Doer.of(request).actor)
        except DomainError as refusal:
            messages.error(request, explain(refusal))
        else:
            messages.success(request, _("The next message has our text again."))
        return HttpResponseRedirect(page.url)

    def _form(self, request: HttpRequest, page: TextPage, data: Any) -> WordingForm:
        is_disabled = not self._may_write(request, page.merchant)
        return WordingForm(data, use=page.use, language=page.language, wording=page.wording, is_disabled=is_disabled)

    def _show(self, request: HttpRequest, page: TextPage, form: WordingForm) -> HttpResponse:
        is_shown = not form.is_bound or form.is_valid()
        wording = form.wording if form.is_bound and is_shown else page.wording
        context = self._context(request, title=page.use.label, merchant=page.merchant) | {
            "page": page,
            "form": form,
            "is_one_of_many": len(merchants_where(request, Right.SEE_SETUP)[:2]) > 1,
            "can_write": self._may_write(request, page.merchant),
            "looks": page.looks_of(wording, today=page.merchant.local_date(database_now())) if is_shown else None,
            "back": f"{reverse('admin:invoices_messagetemplate_changelist')}?merchant={page.merchant.pk}",
        }
        return TemplateResponse(request, "messages/text.html", context)

    def _may_write(self, request: HttpRequest, merchant: Merchant) -> bool:
        return rights_of(request).allow(Right.CHANGE_MERCHANT, merchant.pk)

    def _context(self, request: HttpRequest, *, title: Any, merchant: Merchant | None) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "merchant": merchant}


admin.site.register(MessageTemplate, MessageTemplateAdmin)
