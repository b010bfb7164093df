"""The first page: what needs a person, what is owed, and how collecting goes. Each figure leads to its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import instant, money
from billing.admin.roles import Right, rights_of, rows_of, staff_of
from billing.models import Merchant
from billing.tenancy import merchants_of
from invoices.admin.audits.report import days_since, differences_in, last_finished
from invoices.admin.customers.wrong_recipients import OPEN
from invoices.admin.home.charts import charts_of
from invoices.admin.home.first_steps import first_steps
from invoices.admin.review_filter import ANY
from invoices.admin.sections import list_url
from invoices.admin.shifts.notices import shift_lines
from invoices.models import GatewayAccount, OpenFigure
from invoices.services.figures.reading import Figures, read_figures
from invoices.services.figures.statement_rows import first_day_left_out

Name = OpenFigure.Name
_MOST_MERCHANTS: Final = 200

# Where the rows of each figure are, as (list, filters).
_OWED: Final[dict[Name, tuple[str, dict[str, str]]]] = {
    Name.OVERDUE_BILLS: ("billing_bill", {"due": "overdue"}),
    Name.OVERDUE_INSTALLMENTS: ("subscriptions_installment", {"due": "overdue"}),
    Name.BILLS_OF_WEEK: ("billing_bill", {"due": "week", "status": "PENDING"}),
    Name.INSTALLMENTS_OF_WEEK: ("subscriptions_installment", {"due": "week", "status": "INVOICED"}),
}
_ATTENTION: Final[dict[Name, tuple[str, dict[str, str]]]] = {
    Name.UNKNOWN: ("invoices_invoice", {"status": "OPEN", "delivery": "UNKNOWN"}),
    Name.PARKED: ("invoices_invoice", {"status": "OPEN", "delivery": "PARKED"}),
    Name.REFUSED: ("invoices_invoice", {"status": "OPEN", "delivery": "REJECTED"}),
    Name.HELD_BACK: ("invoices_invoice", {"held_back": ANY}),
    Name.TO_REVIEW: ("invoices_payment", {"review_reason": ANY}),
    Name.REFUNDS_TO_PAY_OUT: ("invoices_refund", {"status": "APPROVED"}),
    Name.MISSED: ("subscriptions_installment", {"status": "SCHEDULED", "held": ANY}),
    Name.BILLS_PROMISED: ("billing_bill", {"promise": "broken"}),
    Name.INSTALLMENTS_PROMISED: ("subscriptions_installment", {"promise": "broken"}),
    Name.TO_REMIND: ("invoices_reminder", {"status": "TO_DO", "channel": "WHATSAPP"}),
    Name.WRONG_PHONE: ("billing_wrongrecipient", {"state": OPEN}),
    Name.RECEIPTS_UNKNOWN: ("invoices_receiptemail", {"status": "UNKNOWN"}),
}
# Shown to who may approve, and to who sees that it was done.
_TO_APPROVE: Final[dict[Name, tuple[str, dict[str, str]]]] = {
    Name.REFUNDS_TO_APPROVE: ("invoices_refund", {"status": "REQUESTED"}),
    Name.CREDITS_TO_APPROVE: ("invoices_credit", {"status": "REQUESTED"}),
    Name.JOBS_TO_APPROVE: ("billing_job", {"status": "HELD"}),
}
_ALARMING: Final = {Name.OVERDUE_BILLS, Name.OVERDUE_INSTALLMENTS}


@dataclass(frozen=True, kw_only=True)
class Figure:
    title: str | Promise
    count: int
    url: str
    sums: str = ""
    is_alarming: bool = False


@dataclass(frozen=True, kw_only=True)
class MerchantChoice:
    id: int
    name: str
    is_chosen: bool


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK: for one merchant, or for all that the person works for."""
    mine = list(merchants_of(request.user).order_by("username"))
    chosen = next((each for each in mine if str(each.pk) == request.GET.get("merchant")), None)
    of_cash = [] if rights_of(request).is_platform else _of_cash(request, [chosen] if chosen else mine)
    figures = read_figures(merchants=[chosen] if chosen else mine, now=timezone.now())
    return context | {
        "has_merchants": bool(mine),
        "merchant_choices": _choices(mine, chosen) if len(mine) > 1 else [],
        "as_of": instant(figures.as_of or timezone.now()),
        "is_fresh": figures.as_of is None,
        "shifts": shift_lines(user=staff_of(request), merchants=of_cash),
        "first_steps": [] if figures.has_collected() else first_steps(request, chosen or _only(mine)),
        "owed": _figures(_OWED, figures, chosen),
        "attention": [figure for figure in _attention(request, figures, chosen) if figure.count],
        "charts": charts_of(figures, today=timezone.localdate()),
        **_ways_on(request, chosen),
    }


def _only(merchants: list[Merchant]) -> Merchant | None:
    return merchants[0] if len(merchants) == 1 else None


def _of_cash(request: HttpRequest, merchants: list[Merchant]) -> list[Merchant]:
    rights = rights_of(request)
    return [merchant for merchant in merchants if rights.allow(Right.TAKE_PAYMENT, merchant.pk)]


def _ways_on(request: HttpRequest, chosen: Merchant | None) -> dict[str, str]:
    """Where a new bill is made, and what the charts are drawn from; nothing for who may not go there."""
    rights, query = rights_of(request), f"?merchant={chosen.pk}" if chosen else ""
    names = {"new_bill_url": ("billing_bill_add", Right.ADD_BILLS)}
    reports = {"months": "billed", "ages": "ageing", "ways": "collected_by_method"}
    names |= {f"{chart}_url": (f"report_{report}", Right.SEE_REPORTS) for chart, report in reports.items()}
    return {name: f"{reverse(f'admin:{page}')}{query}" for name, (page, right) in names.items() if rights.allow(right)}


def _choices(mine: list[Merchant], chosen: Merchant | None) -> list[MerchantChoice]:
    language = get_language() or "en"
    return [
        MerchantChoice(id=each.pk, name=each.name_in(language), is_chosen=each == chosen)
        for each in mine[:_MOST_MERCHANTS]
    ]


def _attention(request: HttpRequest, figures: Figures, chosen: Merchant | None) -> Iterable[Figure]:
    rights = rights_of(request)
    if rights.allow(Right.APPROVE) or rights.allow(Right.SEE_SETUP):
        yield from _figures(_TO_APPROVE, figures, chosen)
    yield from _figures(_ATTENTION, figures, chosen)
    if rights.allow(Right.SEE_REPORTS):
        yield from _figures(_of_statements(), figures, chosen)
    if rights.allow(Right.SEE_SETUP):
        parked = rows_of(request, GatewayAccount.objects.current().exclude(parked_at=None))
        rows = parked.filter(merchant=chosen) if chosen else parked
        url = _url("invoices_gatewayaccount", {"parked": "yes"}, chosen)
        yield Figure(title=_("Parked gateway accounts"), count=rows.count(), url=url)
        yield from _audit(request)


def _of_statements() -> dict[Name, tuple[str, dict[str, str]]]:
    """Shown to who sees statements."""
    since = first_day_left_out(timezone.localdate()).isoformat()
    return {
        Name.LINES_UNKNOWN: ("invoices_gatewaystatementline", {"finding": "UNKNOWN"}),
        Name.LINES_AMOUNT_DIFFERS: ("invoices_gatewaystatementline", {"finding": "AMOUNT_DIFFERS"}),
        Name.LINES_NET_DIFFERS: ("invoices_gatewaystatementline", {"finding": "NET_DIFFERS"}),
        Name.PAYMENTS_LEFT_OUT: ("invoices_payment", {"stated": "missing", "when_from": since}),
    }


def _figures(lists: dict[Name, tuple[str, dict[str, str]]], figures: Figures, chosen: Merchant | None) -> list[Figure]:
    return [
        Figure(
            title=name.label,
            count=figures.count(name),
            sums=_sums(figures, name),
            url=_url(model, filters, chosen),
            is_alarming=name in _ALARMING and figures.count(name) > 0,
        )
        for name, (model, filters) in lists.items()
    ]


def _sums(figures: Figures, name: Name) -> SafeString:
    """One sum for each currency: dinars and riyals are not added up."""
    return format_html_join(" ", "{}", ((money(amount, code),) for code, amount in figures.sums(name).items()))


def _url(model: str, filters: dict[str, str], chosen: Merchant | None) -> str:
    return list_url(model, **filters | ({"merchant": str(chosen.pk)} if chosen else {}))


def _audit(request: HttpRequest) -> list[Figure]:
    run = last_finished()
    found_url = list_url("invoices_auditdifference", run=run.pk) if run else ""
    list_of_runs = "invoices_auditrun" if rights_of(request).is_platform else "invoices_auditdifference"
    return [
        Figure(title=_("Differences the last audit found"), count=differences_in(run, request), url=found_url),
        Figure(title=_("Days without an audit"), count=days_since(run, request), url=list_url(list_of_runs)),
    ]
