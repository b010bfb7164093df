"""The first page: what is owed, and what needs a person. Each figure leads to the rows it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import money
from billing.admin.roles import Right, rights_of
from billing.models import Bill
from billing.tenancy import merchants_of, rows_of
from invoices.admin.audit_report import days_since, differences_in, last_finished
from invoices.admin.review_filter import ANY
from invoices.admin.sections import list_url
from invoices.models import GatewayAccount, Invoice, Payment, Reminder
from subscriptions.models import Installment


@dataclass(frozen=True, kw_only=True)
class Figure:
    title: str | Promise
    count: int
    url: str
    sums: str = ""
    is_alarming: bool = False


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK."""
    return context | {
        "owed": _owed(request),
        "attention": [figure for figure in _attention(request) if figure.count],
        "has_merchants": merchants_of(request.user).exists(),
    }


def _owed(request: HttpRequest) -> list[Figure]:
    open_bills = rows_of(request.user, Bill.objects.filter(status=Bill.Status.PENDING))
    overdue = open_bills.filter(due_date__lt=timezone.localdate())
    return [
        _bills(_("Open bills"), open_bills, list_url("billing_bill", status="PENDING")),
        _bills(_("Overdue bills"), overdue, list_url("billing_bill", due="overdue"), is_alarming=True),
    ]


def _bills(title: str | Promise, bills: Any, url: str, *, is_alarming: bool = False) -> Figure:
    """One sum for each currency: dinars and riyals are not added up."""
    by_currency = list(
        bills.order_by()
        .values("currency")
        .annotate(amount=Sum("amount"), paid=Sum("amount_paid"), rows=Count("pk"))
        .order_by("currency")
    )
    sums = format_html_join(
        " ", "{}", ((money(each["amount"] - each["paid"], each["currency"]),) for each in by_currency)
    )
    count = sum(each["rows"] for each in by_currency)
    return Figure(title=title, count=count, sums=sums, url=url, is_alarming=is_alarming and count > 0)


def _attention(request: HttpRequest) -> list[Figure]:
    open_invoices = rows_of(request.user, Invoice.objects.filter(status=Invoice.Status.OPEN))
    counts = dict(
        open_invoices.filter(delivery__in=["UNKNOWN", "PARKED", "REJECTED"])
        .order_by()
        .values_list("delivery")
        .annotate(rows=Count("pk"))
    )
    figures = [
        _invoices(_("Invoices whose outcome is unknown"), counts, "UNKNOWN"),
        _invoices(_("Parked invoices"), counts, "PARKED"),
        _invoices(_("Invoices the gateway refused"), counts, "REJECTED"),
        Figure(
            title=_("Payments to review"),
            count=rows_of(request.user, Payment.objects.exclude(review_reason="")).count(),
            url=list_url("invoices_payment", review_reason=ANY),
        ),
        Figure(
            title=_("Missed periods to approve"),
            count=rows_of(request.user, Installment.objects.exclude(hold="").filter(status="SCHEDULED")).count(),
            url=list_url("subscriptions_installment", held=ANY),
        ),
        Figure(
            title=_("Reminders to send by WhatsApp"),
            count=rows_of(request.user, Reminder.objects.filter(status="TO_DO", channel="WHATSAPP")).count(),
            url=list_url("invoices_reminder", status="TO_DO", channel="WHATSAPP"),
        ),
    ]
    if rights_of(request).allow(Right.SEE_SETUP):
        parked = rows_of(request.user, GatewayAccount.objects.current().exclude(parked_at=None))
        url = list_url("invoices_gatewayaccount", parked="yes")
        figures.append(Figure(title=_("Parked gateway accounts"), count=parked.count(), url=url))
        figures += _audit(request)
    return figures


def _audit(request: HttpRequest) -> list[Figure]:
    run = last_finished()
    found_url = list_url("invoices_auditdifference", run=run.pk) if run else ""
    list_of_runs = "invoices_auditrun" if rights_of(request).is_platform else "invoices_auditdifference"
    return [
        Figure(title=_("Differences the last audit found"), count=differences_in(run, request), url=found_url),
        Figure(title=_("Days without an audit"), count=days_since(run, request), url=list_url(list_of_runs)),
    ]


def _invoices(title: str | Promise, counts: dict[str, int], delivery: str) -> Figure:
    url = list_url("invoices_invoice", status="OPEN", delivery=delivery)
    return Figure(title=title, count=counts.get(delivery, 0), url=url)
