"""What needs a person, each kind shown to those who may do something about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.admin.roles import Right, rights_of, rows_of
from billing.models import Merchant
from invoices.admin.audits.report import days_since, differences_of, last_finished
from invoices.admin.customers.wrong_recipients import OPEN
from invoices.admin.home.figures import Figure, Lists, Name, figures_of, url_of
from invoices.admin.review_filter import ANY
from invoices.admin.sections import list_url
from invoices.models import AuditRun, GatewayAccount
from invoices.services.figures.grouping import part
from invoices.services.figures.reading import Figures
from invoices.services.figures.statement_rows import first_day_left_out

_OF_ALL: Final[Lists] = {
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
_TO_APPROVE: Final[Lists] = {
    Name.REFUNDS_TO_APPROVE: ("invoices_refund", {"status": "REQUESTED"}),
    Name.CREDITS_TO_APPROVE: ("invoices_credit", {"status": "REQUESTED"}),
    Name.JOBS_TO_APPROVE: ("billing_job", {"status": "HELD"}),
}


def attention(request: HttpRequest, figures: Figures, chosen: Merchant | None) -> Iterable[Figure]:
    rights = rights_of(request)
    if rights.allow(Right.APPROVE) or rights.allow(Right.SEE_SETUP):
        yield from figures_of(_TO_APPROVE, figures, chosen)
    yield from figures_of(_OF_ALL, figures, chosen)
    if rights.allow(Right.SEE_REPORTS):
        yield from figures_of(_of_statements(), figures, chosen)
    if rights.allow(Right.SEE_SETUP):
        yield from _of_setup(request, chosen)


def _of_statements() -> Lists:
    """Shown to who sees statements."""
    since = first_day_left_out(timezone.localdate()).isoformat()
    return {
        Name.LINES_UNKNOWN: ("invoices_gatewaystatementline", {"finding": "UNKNOWN"}),
        Name.LINES_AMOUNT_DIFFERS: ("invoices_gatewaystatementline", {"finding": "AMOUNT_DIFFERS"}),
        Name.LINES_NET_DIFFERS: ("invoices_gatewaystatementline", {"finding": "NET_DIFFERS"}),
        Name.PAYMENTS_LEFT_OUT: ("invoices_payment", {"stated": "missing", "when_from": since}),
    }


def _of_setup(request: HttpRequest, chosen: Merchant | None) -> list[Figure]:
    run = last_finished()
    parked = rows_of(request, GatewayAccount.objects.current().exclude(parked_at=None))
    parked_count, differences = _counts(parked.filter(merchant=chosen) if chosen else parked, run, request)
    list_of_runs = "invoices_auditrun" if rights_of(request).is_platform else "invoices_auditdifference"
    return [
        Figure(
            title=_("Parked gateway accounts"),
            count=parked_count,
            url=url_of("invoices_gatewayaccount", {"parked": "yes"}, chosen),
        ),
        Figure(
            title=_("Differences the last audit found"),
            count=differences,
            url=list_url("invoices_auditdifference", run=run.pk) if run else "",
        ),
        Figure(title=_("Days without an audit"), count=days_since(run, request), url=list_url(list_of_runs)),
    ]


def _counts(parked: QuerySet[GatewayAccount], run: AuditRun | None, request: HttpRequest) -> tuple[int, int]:
    """Of both in one statement; an administrator knows of all that the run found."""
    if run is None or rights_of(request).is_platform or not run.differences_found:
        return parked.count(), run.differences_found if run else 0
    found = part(parked, Value("PARKED")).union(
        part(differences_of(request).filter(run=run), Value("DIFFERENCE")), all=True
    )
    sums = {"PARKED": 0, "DIFFERENCE": 0}
    row: Any
    for row in found:
        sums[row[1]] += row[3]
    return sums["PARKED"], sums["DIFFERENCE"]
