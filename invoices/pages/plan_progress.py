"""How far a plan is paid, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BooleanField, Case, Count, Q, Sum, Value, When, Window
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.day_text import format_day
from billing.models import Bill
from invoices.documents.clearance import is_cleared
from invoices.pages.amounts import format_amount_with_currency
from invoices.services.payables import Payable
from subscriptions.models import Installment, Subscription

MOST_COMING: Final = 3
_GONE: Final = (Installment.Status.CANCELLED, Installment.Status.SKIPPED)


@dataclass(frozen=True, kw_only=True)
class Coming:
    day: str
    money: str


@dataclass(frozen=True, kw_only=True)
class PlanProgress:
    """`count` is 0 for a plan without an end: it has no bar. `is_cleared` where its certificate is made."""

    text: str
    paid: int
    count: int
    coming: list[Coming]
    is_cleared: bool


def progress_of(payable: Payable, language: str) -> PlanProgress | None:
    """None for a bill. In the active language, which `language` names; one query, however long the plan."""
    if isinstance(payable, Bill):
        return None
    plan = payable.subscription
    rows = _rows(payable)
    paid, count, refunded = rows[0].paid_count, rows[0].row_count, rows[0].refunded
    if count == 0:
        return None
    is_endless = plan.type == Subscription.Type.OPEN_ENDED
    return PlanProgress(
        text=_endless_text(paid) if is_endless else _("%(paid)s of %(count)s paid") % {"paid": paid, "count": count},
        paid=paid,
        count=0 if is_endless else count,
        coming=[_coming(row, plan, language) for row in rows if row.is_coming],
        is_cleared=is_cleared(plan, paid=paid, still_open=count - paid, refunded=refunded),
    )


def _rows(installment: Installment) -> list[Any]:
    """The next ones first, each with the counts and sums of the whole plan; any other where none is left."""
    unsettled = Q(status__in=[Installment.Status.SCHEDULED, Installment.Status.INVOICED])
    is_coming = When(unsettled & Q(sequence__gt=installment.sequence), then=Value(True))
    # The merchant too: the index of installments begins with it.
    of_plan = Installment.objects.filter(
        merchant_id=installment.merchant_id, subscription_id=installment.subscription_id
    )
    counted = of_plan.annotate(
        paid_count=Window(Count("pk", filter=Q(status=Installment.Status.PAID))),
        row_count=Window(Count("pk", filter=~Q(status__in=_GONE))),
        refunded=Window(Sum("amount_refunded")),
        is_coming=Case(is_coming, default=Value(False), output_field=BooleanField()),
    )
    return list(counted.order_by("-is_coming", "sequence")[:MOST_COMING])


def _endless_text(paid: int) -> str:
    return ngettext("%(count)s payment made so far", "%(count)s payments made so far", paid) % {"count": paid}


def _coming(row: Installment, plan: Subscription, language: str) -> Coming:
    return Coming(
        day=format_day(row.due_date, language),
        money=format_amount_with_currency(row.amount_due, plan.currency, language),
    )
