"""Documents that staff open from a row's page, with the customer's name in full: they print them over the counter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from billing.admin.page_actions import explain
from billing.admin.screens.documents import PagedAdmin, Section
from billing.clock import database_now
from billing.errors import DomainError
from invoices.documents.availability import can_make_pdf
from invoices.documents.responses import pdf_response
from invoices.documents.staff_papers import Printer
from invoices.pages.languages import NAMES, choose_language

_HINT: Final = _(
    "PDF files cannot be made on this server: pango is not installed, or PDF is switched off. "
    "Customers print their pages from the browser instead."
)


@dataclass(frozen=True, kw_only=True)
class Print:
    """One document of a row; `make` reads its facts."""

    name: str
    title: str | Promise
    make: Printer


class PrintingAdmin(PagedAdmin):
    """A screen whose rows have documents."""

    prints: ClassVar[Sequence[Print]] = ()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.print_view)
        own = path("<path:object_id>/print/<slug:name>.pdf", view, name=self._url_name("print"))
        return [own, *super().get_urls()]

    def print_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        wanted = next((each for each in self.prints if each.name == name), None)
        if row is None or wanted is None or not self.has_view_permission(request, row):
            raise Http404
        today = row.merchant.local_date(database_now())
        language = choose_language(request, merchant=row.merchant.language)
        try:
            return pdf_response(request, wanted.make(row, language, today))
        except DomainError as failure:
            messages.error(request, explain(failure))
            return HttpResponseRedirect(self.page_of(row))

    def documents_section(self, row: Any) -> Section:
        """Each document in each language; where none can be made, why."""
        if not can_make_pdf():
            return Section(title=_("Documents"), content=format_html('<p class="office-empty">{}</p>', _HINT))
        lines = ((each.title, self._links(row, each)) for each in self.prints)
        return Section(title=_("Documents"), content=format_html_join("", "<p>{} · {}</p>", lines))

    def _links(self, row: Any, wanted: Print) -> str:
        url = reverse(f"admin:{self._url_name('print')}", args=[row.pk, wanted.name])
        link = '<a class="office-link" href="{}?lang={}" lang="{}" target="_blank" rel="noopener">{}</a>'
        return format_html_join(" · ", link, ((url, code, code, name) for code, name in NAMES.items()))
