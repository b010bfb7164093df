"""I6: what is used of a payment had settled nothing, was there once, and stays with its customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from billing.fields import MoneyField
from billing.models import Event
from billing.money import ZERO
from invoices.audit.difference import Difference, each, keyed
from invoices.models import Credit, Payment, Refund

Status = Credit.Status


def credits_fit_what_was_left(*, now: datetime) -> Iterator[Difference]:
    yield from _more_than_was_left()
    theirs = Q(bill__customer=F("payment__customer"), bill__currency=F("payment__currency"))
    theirs |= Q(
        installment__subscription__customer=F("payment__customer"),
        installment__subscription__currency=F("payment__currency"),
    )
    strangers = Credit.objects.exclude(theirs)
    yield from each("I6", strangers, gettext_noop("it settles what another customer owes"))
    told = Event.objects.filter(
        merchant_id=OuterRef("merchant_id"),
        subject=Event.Subject.PAYMENT,
        subject_id=OuterRef("payment_id"),
        name__in=("credited", "credited_alone"),
    )
    untold = Credit.objects.filter(~Exists(told), status=Status.DONE)
    yield from each("I11", untold, gettext_noop("its timeline lacks an event"), "credited")


def _more_than_was_left() -> Iterator[Difference]:
    """Credits and refunds that wait count too; a credit for what was cancelled does not."""
    nothing = Value(ZERO, MoneyField())
    refunds = Refund.objects.filter(payment=OuterRef("payment_id")).exclude(status=Refund.Status.REJECTED)
    given_back = refunds.order_by().values("payment").annotate(total=Sum(F("amount") - F("settled_amount")))
    standing = Credit.objects.standing().order_by()
    sums = standing.values("payment_id", "payment__merchant_id", "payment__amount", "payment__applied_amount")
    wrong = sums.annotate(
        used=Sum("amount"),
        given_back=Coalesce(given_back.values("total"), nothing, output_field=MoneyField()),
    ).filter(used__gt=F("payment__amount") - F("payment__applied_amount") - F("given_back"))
    problem = gettext_noop("more of it is used for something else than was left over")
    yield from keyed("I6", Payment.__name__, wrong.values_list("payment_id", "payment__merchant_id"), problem)
