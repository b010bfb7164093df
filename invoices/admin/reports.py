"""The pages of the reports: parameters, a chart, a table with totals, files, and a plain page for paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from billing.admin.roles import Right, merchants_where
from billing.clock import database_now
from billing.models import Currency, Merchant
from invoices.admin.report_cells import file_rows, page_table
from invoices.admin.report_charts import draw
from invoices.admin.report_files import csv_file, xlsx_file
from invoices.admin.report_form import ReportForm
from invoices.reports.catalogue import REPORTS, Listing

_MOST_MERCHANTS = 100


def report_urls(site: AdminSite) -> list[URLPattern]:
    own = [path("reports/", site.admin_view(reports_view), name="reports")]
    return own + [path(f"reports/{one.name}/", site.admin_view(_view_of(one)), name=_url_name(one)) for one in REPORTS]


def reports_view(request: HttpRequest) -> HttpResponse:
    _merchants(request)
    context = admin.site.each_context(request) | {
        "title": _("Reports"),
        "reports": [(one.title, one.about, reverse(f"admin:{_url_name(one)}")) for one in REPORTS],
        "customers_url": reverse("admin:billing_customer_changelist"),
    }
    return TemplateResponse(request, "admin/reports/list.html", context)


def _view_of(listing: Listing) -> Callable[[HttpRequest], HttpResponse]:
    def report_view(request: HttpRequest) -> HttpResponse:
        merchants = _merchants(request)
        merchant = _chosen(merchants, request.GET.get("merchant"))
        today = merchant.local_date(database_now())
        form = ReportForm(request.GET, listing=listing, merchant=merchant, merchants=merchants, today=today)
        return _answer(request, listing, form) if form.is_valid() else _page(request, listing, form)

    return report_view


def _answer(request: HttpRequest, listing: Listing, form: ReportForm) -> HttpResponse:
    span, wanted = form.span, request.GET.get("as")
    report = listing.make(span)
    name = f"{listing.name}-{span.merchant.username}-{span.from_date}-{span.to_date}"
    if wanted == "csv":
        return csv_file(file_rows(report, span), name)
    if wanted == "xlsx":
        return xlsx_file(file_rows(report, span), name, is_right_to_left=get_language_bidi())
    context = {
        "span": span,
        "currency": Currency(span.currency).label,
        "table": page_table(report, span.currency),
        "chart": draw(report.chart, span.currency) if report.chart else None,
        "notes": report.notes,
    }
    return _page(request, listing, form, template="paper" if wanted == "print" else "report", **context)


def _page(
    request: HttpRequest, listing: Listing, form: ReportForm, template: str = "report", **context: Any
) -> HttpResponse:
    context |= admin.site.each_context(request) | {
        "title": listing.title,
        "listing": listing,
        "form": form,
        "merchant_name": form.merchant.name_in(get_language() or "en"),
        "today": form.today,
        "reports_url": reverse("admin:reports"),
        "links": _links(form) if "span" in context else {},
    }
    return TemplateResponse(request, f"admin/reports/{template}.html", context)


def _links(form: ReportForm) -> dict[str, str]:
    return {"back": form.query()} | {kind: form.query(**{"as": kind}) for kind in ("csv", "xlsx", "print")}


def _merchants(request: HttpRequest) -> list[Merchant]:
    merchants = list(merchants_where(request, Right.SEE_REPORTS).order_by("username")[:_MOST_MERCHANTS])
    if not merchants:
        raise PermissionDenied
    return merchants


def _chosen(merchants: list[Merchant], asked: str | None) -> Merchant:
    """Another's answers as one that does not exist."""
    if asked is None:
        return merchants[0]
    for merchant in merchants:
        if str(merchant.pk) == asked:
            return merchant
    raise Http404


def _url_name(listing: Listing) -> str:
    return "report_" + listing.name.replace("-", "_")
