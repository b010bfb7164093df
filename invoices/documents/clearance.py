"""The certificate that a plan is paid and nothing of it is owed any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from billing.errors import DomainError
from billing.money import ZERO
from invoices.documents.days import print_day
from invoices.documents.letterheads import Letterhead, Party, letterhead_of, party_of
from invoices.pages.amounts import format_amount_with_currency
from invoices.pages.facts import Fact
from subscriptions.models import Installment, Subscription


class PlanNotCleared(DomainError):
    code = "PLAN_NOT_CLEARED"
    message = gettext_noop("The certificate is made once every installment is paid.")


@dataclass(frozen=True, kw_only=True)
class ClearanceDocument:
    letterhead: Letterhead
    number: str
    party: Party
    statement: str
    facts: list[Fact]


def is_cleared(plan: Subscription, *, paid: int, still_open: int, refunded: Decimal) -> bool:
    """
    Whether a plan gets its certificate.

    :param paid: how many installments are paid whole
    :param still_open: how many are asked for, or will be
    """
    return plan.status == Subscription.Status.COMPLETED and paid > 0 and still_open == 0 and refunded == 0


def build_clearance(plan: Subscription, *, language: str, today: date, in_full: bool) -> ClearanceDocument:
    """
    In the active language, which `language` names.

    :raises PlanNotCleared: something is still owed, was given back, or may still be asked for
    """
    paid, merchant = _paid(plan), plan.merchant
    total = format_amount_with_currency(paid["total"], plan.currency, language)
    last = print_day(merchant.local_date(paid["last"]), merchant, language)
    letterhead, party = letterhead_of(merchant, language), party_of(plan, merchant=merchant, in_full=in_full)
    count = ngettext("%(count)s installment", "%(count)s installments", paid["count"]) % {"count": paid["count"]}
    words = {
        "merchant": _isolated(letterhead.merchant_name),
        "name": _isolated(party.name),
        "product": _isolated(plan.product_name),
        "number": _isolated(plan.subscription_no),
        "installments": count,
        "total": total,
    }
    return ClearanceDocument(
        letterhead=letterhead,
        number=plan.subscription_no,
        party=party,
        statement=_(
            "We, %(merchant)s, confirm that %(name)s has paid for %(product)s in full: %(installments)s, "
            "%(total)s in all, under subscription %(number)s."
        )
        % words,
        facts=[
            Fact(label=_("Subscription"), value=plan.subscription_no, is_code=True),
            Fact(label=_("Paid in all"), value=total),
            Fact(label=_("Last payment on"), value=last),
            Fact(label=_("Certificate of"), value=print_day(today, merchant, language)),
        ],
    )


def _isolated(text: str) -> str:
    """Of whatever direction it is: the sentence around it keeps its order."""
    return f"\u2068{text}\u2069"


def _paid(plan: Subscription) -> dict[str, Any]:
    status = Installment.Status
    rows = Installment.objects.filter(merchant_id=plan.merchant_id, subscription=plan)
    paid = rows.aggregate(
        count=Count("pk", filter=Q(status=status.PAID)),
        total=Sum("amount_paid"),
        last=Max("paid_at"),
        open=Count("pk", filter=Q(status__in=(status.SCHEDULED, status.INVOICED))),
        refunded=Sum("amount_refunded"),
    )
    if not is_cleared(plan, paid=paid["count"], still_open=paid["open"], refunded=paid["refunded"] or ZERO):
        raise PlanNotCleared
    return paid
