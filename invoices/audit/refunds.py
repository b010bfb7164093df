"""I6, the other way round: what was given back is part of what came in, and the documents know it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_noop

from billing.models import Bill, Event
from invoices.audit.difference import Difference, each, keyed
from invoices.models import Payment, Refund
from subscriptions.models import Installment


def refunds_fit_what_came_in(*, now: datetime) -> Iterator[Difference]:
    yield from _more_than_came_in()
    problem = gettext_noop("its refunds do not sum to what it says was refunded")
    for model, name in ((Bill, "bill"), (Installment, "installment")):
        key = (f"payment__{name}_id", f"payment__{name}__merchant_id")
        known = f"payment__{name}__amount_refunded"
        done = Refund.objects.filter(**{f"payment__{name}__isnull": False}, status=Refund.Status.DONE).order_by()
        wrong = done.values(*key, known).annotate(given_back=Sum("settled_amount")).exclude(given_back=F(known))
        yield from keyed("I6", model.__name__, wrong.values_list(*key), problem)
        rows: QuerySet[Any] = model.objects.filter(amount_refunded__gt=0)
        of_row = Refund.objects.filter(**{f"payment__{name}": OuterRef("pk")}, status=Refund.Status.DONE)
        yield from each("I6", rows.exclude(Exists(of_row)), problem)
    told = Event.objects.filter(
        merchant_id=OuterRef("merchant_id"),
        subject=Event.Subject.PAYMENT,
        subject_id=OuterRef("payment_id"),
        name="refunded",
    )
    untold = Refund.objects.filter(~Exists(told), status=Refund.Status.DONE)
    yield from each("I11", untold, gettext_noop("its timeline lacks an event"), "refunded")


def _more_than_came_in() -> Iterator[Difference]:
    """Refunds on their way count too: the money is promised."""
    standing = Refund.objects.exclude(status=Refund.Status.REJECTED).order_by()
    sums = standing.values("payment_id", "payment__merchant_id", "payment__amount", "payment__applied_amount").annotate(
        taken=Sum("amount"), settled=Sum("settled_amount")
    )
    surplus = F("payment__amount") - F("payment__applied_amount")
    wrong = sums.filter(
        Q(taken__gt=F("payment__amount"))
        | Q(settled__gt=F("payment__applied_amount"))
        | Q(taken__gt=F("settled") + surplus)
    )
    problem = gettext_noop("more of it is given back than came in")
    yield from keyed("I6", Payment.__name__, wrong.values_list("payment_id", "payment__merchant_id"), problem)
