"""The pages of the reports: parameters, a chart, a table with totals, files, and a plain page for paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from billing.admin.asked_merchant import asked_merchant
from billing.admin.roles import Right, merchants_where
from billing.clock import database_now
from billing.models import Currency, Customer, Merchant
from billing.row_ids import is_row_id
from invoices.admin.reports.cells import file_rows, page_table
from invoices.admin.reports.charts import draw
from invoices.admin.reports.files import csv_file, xlsx_file
from invoices.admin.reports.form import ReportForm
from invoices.reports.catalogue import REPORTS, Listing

_MOST_MERCHANTS = 100


def report_urls(site: AdminSite) -> list[URLPattern]:
    own = [path("reports/", site.admin_view(reports_view), name="reports")]
    return own + [path(f"reports/{one.name}/", site.admin_view(_view_of(one)), name=one.url_name) for one in REPORTS]


def reports_view(request: HttpRequest) -> HttpResponse:
    _merchants(request)
    context = admin.site.each_context(request) | {
        "title": _("Reports"),
        "reports": [(one.title, one.about, reverse(f"admin:{one.url_name}")) for one in REPORTS],
    }
    return TemplateResponse(request, "admin/reports/list.html", context)


def _view_of(listing: Listing) -> Callable[[HttpRequest], HttpResponse]:
    def report_view(request: HttpRequest) -> HttpResponse:
        offered = _merchants(request)
        customer = _asked_customer(request) if listing.is_of_customer else None
        merchant = customer.merchant if customer else asked_merchant(request, Right.SEE_REPORTS)
        merchants = offered if merchant in offered else [*offered, merchant]
        today = merchant.local_date(database_now())
        form = ReportForm(
            request.GET, listing=listing, merchant=merchant, merchants=merchants, today=today, customer=customer
        )
        is_known = customer is not None or not listing.is_of_customer
        return _answer(request, listing, form) if form.is_valid() and is_known else _page(request, listing, form)

    return report_view


def _answer(request: HttpRequest, listing: Listing, form: ReportForm) -> HttpResponse:
    span, wanted = form.span, request.GET.get("as")
    report = listing.make(span)
    about = f"{span.merchant.username}-{span.customer.pk}" if span.customer else span.merchant.username
    name = f"{listing.name}-{about}-{span.from_date}-{span.to_date}"
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
        "customer": form.customer,
        "has_days": listing.days is not None,
        "merchant_name": form.merchant.name_in(get_language() or "en"),
        "today": form.today,
        "reports_url": reverse("admin:reports"),
        "links": _links(form) if "span" in context else {},
        "customers_url": _customers_url(form) if listing.is_of_customer else "",
    }
    return TemplateResponse(request, f"admin/reports/{template}.html", context)


def _links(form: ReportForm) -> dict[str, str]:
    return {"back": form.query()} | {kind: form.query(**{"as": kind}) for kind in ("csv", "xlsx", "print")}


def _customers_url(form: ReportForm) -> str:
    """What the box for the customer asks, as it is written in."""
    return f"{reverse('admin:offers')}?{urlencode({'kind': 'customer', 'as': 'customer', 'list': form.query()[1:]})}"


def _asked_customer(request: HttpRequest) -> Customer | None:
    """
    None where none is asked for yet.

    :raises Http404: also for another merchant's, as for one that does not exist
    """
    asked = request.GET.get("customer", "")
    if not asked:
        return None
    customers = Customer.objects.current().filter(merchant__in=merchants_where(request, Right.SEE_REPORTS))
    found = customers.select_related("merchant").filter(pk=asked).first() if is_row_id(asked) else None
    if found is None:
        raise Http404
    return found


def _merchants(request: HttpRequest) -> list[Merchant]:
    merchants = list(merchants_where(request, Right.SEE_REPORTS).order_by("username")[:_MOST_MERCHANTS])
    if not merchants:
        raise PermissionDenied
    return merchants
