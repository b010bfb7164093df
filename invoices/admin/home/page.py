"""The first page: what needs a person, what is owed, and how collecting goes. Each figure leads to its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from billing.admin.cells import instant
from billing.admin.roles import Right, rights_of, staff_of
from billing.models import Merchant
from billing.tenancy import merchants_of
from invoices.admin.home.attention import attention
from invoices.admin.home.charts import charts_of
from invoices.admin.home.collected import collected_today
from invoices.admin.home.figures import Lists, Name, figures_of
from invoices.admin.home.first_steps import first_steps
from invoices.admin.shifts.notices import shift_lines
from invoices.services.figures.reading import read_figures

_MOST_MERCHANTS: Final = 200
_OWED: Final[Lists] = {
    Name.OVERDUE_BILLS: ("billing_bill", {"due": "overdue"}),
    Name.OVERDUE_INSTALLMENTS: ("subscriptions_installment", {"due": "overdue"}),
    Name.BILLS_OF_WEEK: ("billing_bill", {"due": "week", "status": "PENDING"}),
    Name.INSTALLMENTS_OF_WEEK: ("subscriptions_installment", {"due": "week", "status": "INVOICED"}),
}


@dataclass(frozen=True, kw_only=True)
class MerchantChoice:
    id: int
    name: str
    is_chosen: bool


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK: for one merchant, or for all that the person works for."""
    mine = list(merchants_of(request.user).order_by("username"))
    chosen = next((each for each in mine if str(each.pk) == request.GET.get("merchant")), None)
    shown, now = [chosen] if chosen else mine, timezone.now()
    of_cash = [] if rights_of(request).is_platform else _of_cash(request, shown)
    figures = read_figures(merchants=shown, now=now)
    may_have_paid = figures.has_collected() or figures.as_of is not None  # what was kept may be an hour old
    return context | {
        "has_merchants": bool(mine),
        "merchant_choices": _choices(mine, chosen) if len(mine) > 1 else [],
        "as_of": instant(figures.as_of or now),
        "is_fresh": figures.as_of is None,
        "shifts": shift_lines(user=staff_of(request), merchants=of_cash),
        "first_steps": [] if figures.has_collected() else first_steps(request, chosen or _only(mine)),
        "collected": collected_today(merchants=shown if may_have_paid else [], chosen=chosen, now=now),
        "owed": figures_of(_OWED, figures, chosen),
        "attention": [figure for figure in attention(request, figures, chosen) if figure.count],
        "charts": charts_of(figures, chosen=chosen, today=timezone.localdate()),
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
