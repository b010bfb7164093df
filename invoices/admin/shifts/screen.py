"""Shifts: who was at the counter, what should be there, and what was counted."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, isolated, label, money
from billing.admin.lists.filters import MerchantFilter, recent_filter
from billing.admin.lists.searching import Search
from billing.admin.merchant_names import named
from billing.admin.roles import Right, merchants_where, rights_of, staff_of
from billing.admin.screens.documents import DocumentAdmin, Fact, Page, Section
from invoices.admin.sections import list_url
from invoices.admin.shifts.actions import CloseShift
from invoices.admin.shifts.notices import opening_url
from invoices.admin.shifts.sections import counts_section, difference_cell, entries_section
from invoices.models import Shift
from invoices.services.shifts import open_shifts_of

_MERCHANTS_OFFERED = 20


class ShiftAdmin(DocumentAdmin):
    search = Search(names=("cashier__username", "cashier__first_name", "cashier__last_name", "note"))
    page_actions = (CloseShift(),)
    list_before_template = "admin/office/open_shift.html"
    list_display = ("opened", "cashier_shown", "state", "closed", "difference_shown", "merchant_shown")
    list_select_related = ("merchant", "cashier")
    list_filter = (MerchantFilter, recent_filter("opened_at", _("opened")))
    ordering = ("-id",)
    fields: ClassVar[Any] = ("opened", "closed", "closed_by_shown", "note_shown", "merchant_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shift]:
        rows: QuerySet[Shift] = super().get_queryset(request).prefetch_related("counts")
        return rows

    def get_urls(self) -> list[URLPattern]:
        sheet = self.admin_site.admin_view(self.sheet_view)
        return [path("<path:object_id>/sheet/", sheet, name=self._url_name("sheet")), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        own = open_shifts_of(staff_of(request)).values_list("merchant_id", flat=True)
        merchants = merchants_where(request, Right.TAKE_PAYMENT).exclude(pk__in=list(own)).order_by("username")
        links = [(name, opening_url(merchant.pk)) for merchant, name in named(merchants[:_MERCHANTS_OFFERED])]
        oversees = rights_of(request).allow(Right.OVERSEE_SHIFTS)
        outside = list_url("invoices_payment", outside_shifts=7) if oversees else ""
        shown = (extra_context or {}) | {"open_shift": links, "outside_shifts_url": outside}
        response: HttpResponse = super().changelist_view(request, shown)
        return response

    def sheet_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The shift on one sheet of paper, with a line to sign."""
        shift = self.get_object(request, unquote(object_id))
        if shift is None or not self.has_view_permission(request, shift):
            raise Http404
        sections = [counts_section(shift), entries_section(shift)]
        context = {"shift": shift, "facts": self._facts(shift), "sections": sections}
        return TemplateResponse(request, "admin/office/shift_sheet.html", context)

    def page(self, request: HttpRequest, row: Shift) -> Page:
        url = reverse(f"admin:{self._url_name('sheet')}", args=[row.pk])
        printed = format_html('<a class="office-link" href="{}">{}</a>', url, _("Print the sheet"))
        sections = [counts_section(row), entries_section(row), Section(title=_("Sheet"), content=printed)]
        return Page(facts=self._facts(row), sections=sections, currency=row.currency)

    def _facts(self, row: Shift) -> list[Fact]:
        return [
            Fact(title=_("Cashier"), value=self.cashier_shown(row), is_loud=True),
            Fact(title=_("Status"), value=self.state(row)),
            Fact(title=_("Opened"), value=self.opened(row)),
            Fact(title=_("Closed"), value=self.closed(row)),
            Fact(title=_("Cash at the start"), value=money(row.opening_float, row.currency)),
            *([Fact(title=_("Note"), value=isolated(row.note))] if row.note else []),
        ]

    @display(description=_("opened"), ordering="opened_at")
    def opened(self, obj: Shift) -> SafeString:
        return instant(obj.opened_at)

    @display(description=_("closed"), ordering="closed_at")
    def closed(self, obj: Shift) -> SafeString:
        return instant(obj.closed_at)

    @display(description=_("cashier"))
    def cashier_shown(self, obj: Shift) -> SafeString:
        return isolated(obj.cashier.display_name)

    @display(description=_("closed by"))
    def closed_by_shown(self, obj: Shift) -> SafeString:
        closer = obj.closed_by
        return isolated(closer and closer.display_name)

    @display(description=_("status"))
    def state(self, obj: Shift) -> SafeString:
        return label(_("Open"), "info") if obj.is_open else label(_("Closed"), "success")

    @display(description=_("difference"))
    def difference_shown(self, obj: Shift) -> SafeString:
        """By method, cash first."""
        counts = list(obj.counts.all())
        if not counts:
            return isolated("")
        return difference_cell(counts, obj.currency) or label(_("None"), "success")

    @display(description=_("note"))
    def note_shown(self, obj: Shift) -> SafeString:
        return isolated(obj.note)


admin.site.register(Shift, ShiftAdmin)
