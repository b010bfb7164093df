"""What of a payment has settled nothing and is still there; what is asked for counts as taken."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.fields import MoneyField
from billing.money import ZERO
from invoices.models import Credit, Payment, Refund

_REFUNDS: Final = Refund.objects.exclude(status=Refund.Status.REJECTED)
_CREDITS: Final = Credit.objects.standing()


class AskedForMeanwhile(DomainError):
    code = "ASKED_FOR_MEANWHILE"
    message = gettext_noop("Something else was asked for since this page was opened. Go back and look first.")


@dataclass(frozen=True, kw_only=True)
class Rest:
    """`whole` is what can be given back of a payment, `surplus` the part of it that has settled nothing."""

    whole: Decimal
    surplus: Decimal


def rest_of(payment: Payment) -> Rest:
    """In one query. Who goes on to take something away has locked the payment before."""
    sums = Payment.objects.filter(pk=payment.pk).values_list(
        _sum(_REFUNDS, F("amount")), _sum(_REFUNDS, F("settled_amount")), _sum(_CREDITS, F("amount"))
    )
    refunded, settled, used = sums.get()
    return Rest(
        whole=payment.amount - refunded - used,
        surplus=payment.amount - payment.applied_amount - (refunded - settled) - used,
    )


def to_review(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Those that a person has to look at: no longer the ones whose surplus is given back, used, or on its way there."""
    free = (
        F("amount")
        - F("applied_amount")
        - _sum(_REFUNDS, F("amount") - F("settled_amount"))
        - _sum(_CREDITS, F("amount"))
    )
    flagged = payments.exclude(review_reason="").alias(free_surplus=free)
    return flagged.filter(Q(applied_amount=F("amount")) | Q(free_surplus__gt=0))


def _sum(rows: QuerySet[Any], amount: Any) -> Coalesce:
    of_payment = rows.filter(payment=OuterRef("pk")).order_by().values("payment")
    total = of_payment.annotate(total=Sum(amount, output_field=MoneyField())).values("total")
    return Coalesce(Subquery(total, output_field=MoneyField()), Value(ZERO, MoneyField()), output_field=MoneyField())
