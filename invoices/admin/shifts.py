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

from billing.admin.cells import above, instant, isolated, label, link, money
from billing.admin.documents import Column, DocumentAdmin, Fact, Page, Section
from billing.admin.filters import MerchantFilter, recent_filter
from billing.admin.roles import Right, merchants_where
from billing.admin.searching import Search
from invoices.admin.shift_actions import CloseShift, OpenShift
from invoices.models import Payment, Shift, ShiftEntry
from invoices.services.shifts import METHODS, expected_in

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
        merchants = merchants_where(request, Right.TAKE_PAYMENT).order_by("username")[:_MERCHANTS_OFFERED]
        links = [
            (merchant, reverse("admin:billing_merchant_do", args=[merchant.pk, OpenShift.name]))
            for merchant in merchants
        ]
        response: HttpResponse = super().changelist_view(request, (extra_context or {}) | {"open_shift": links})
        return response

    def sheet_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The shift on one sheet of paper, with a line to sign."""
        shift = self.get_object(request, unquote(object_id))
        if shift is None or not self.has_view_permission(request, shift):
            raise Http404
        context = {"shift": shift, "facts": self._facts(shift), "sections": [_counts(shift), _entries(shift)]}
        return TemplateResponse(request, "admin/office/shift_sheet.html", context)

    def page(self, request: HttpRequest, row: Shift) -> Page:
        url = reverse(f"admin:{self._url_name('sheet')}", args=[row.pk])
        printed = format_html('<a class="office-link" href="{}">{}</a>', url, _("Print the sheet"))
        sections = [_counts(row), _entries(row), Section(title=_("Sheet"), content=printed)]
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
        return isolated(obj.cashier.get_full_name() or obj.cashier.username)

    @display(description=_("closed by"))
    def closed_by_shown(self, obj: Shift) -> SafeString:
        closer = obj.closed_by
        return isolated(closer and (closer.get_full_name() or closer.username))

    @display(description=_("status"))
    def state(self, obj: Shift) -> SafeString:
        return label(_("Open"), "info") if obj.is_open else label(_("Closed"), "success")

    @display(description=_("difference"))
    def difference_shown(self, obj: Shift) -> SafeString:
        """Of all that was counted; a shortage stands out."""
        counts = list(obj.counts.all())
        if not counts:
            return isolated("")
        difference = sum(count.counted - count.expected for count in counts)
        return money(difference, obj.currency) if difference else label(_("None"), "success")

    @display(description=_("note"))
    def note_shown(self, obj: Shift) -> SafeString:
        return isolated(obj.note)


def _counts(shift: Shift) -> Section:
    counted = {count.method: count for count in shift.counts.all()}
    expected = expected_in(shift) if shift.is_open else {}
    rows = []
    for method in METHODS:
        count = counted.get(method)
        amounts = (count.expected, count.counted, count.counted - count.expected) if count else (expected[method],)
        shown = [money(amount, shift.currency) for amount in amounts]
        rows.append((method.label, *shown, *[isolated("")] * (3 - len(shown))))
    columns = (
        Column(title=_("Method")),
        Column(title=_("Should be there"), is_numeric=True),
        Column(title=_("Counted"), is_numeric=True),
        Column(title=_("Difference"), is_numeric=True),
    )
    return Section(title=_("Counted"), columns=columns, rows=rows)


def _entries(shift: Shift) -> Section:
    entries = shift.entries.select_related("payment__customer", "refund__payment__customer").order_by("pk")
    columns = (
        Column(title=_("When")),
        Column(title=_("Customer")),
        Column(title=_("Method")),
        Column(title=_("Amount"), is_numeric=True),
    )
    return Section(
        title=_("Taken and given back"),
        columns=columns,
        rows=[_entry(entry, shift.currency) for entry in entries],
        empty=_("Nothing yet."),
    )


def _entry(entry: ShiftEntry, currency: str) -> tuple[object, ...]:
    if entry.payment is not None:
        payment = entry.payment
        when = link(payment, instant(payment.received_at))
        return (when, isolated(payment.customer.name), payment.get_method_display(), money(payment.amount, currency))
    refund = entry.refund
    assert refund is not None  # shift_entry_is_a_payment_or_a_refund
    when = above(link(refund, instant(refund.done_at)), _("Refund"))
    name = isolated(refund.payment.customer.name)
    return (when, name, Payment.Method(refund.method).label, money(-refund.amount, currency))


admin.site.register(Shift, ShiftAdmin)
