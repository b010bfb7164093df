"""I5: paid means the gateway said so. I6: nothing settles more than is owed. I7: states do not go backwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from billing.fields import MoneyField
from billing.models import Bill
from billing.money import ZERO
from invoices.audit.difference import Difference, each
from invoices.models import Enquiry, Invoice, Payment
from subscriptions.models import Installment


def paid_has_evidence(*, now: datetime) -> Iterator[Difference]:
    evidence = Payment.objects.filter(
        invoice=OuterRef("pk"),
        method=Payment.Method.GATEWAY,
        amount__gte=OuterRef("amount"),
        enquiry__finding=Enquiry.Finding.PAID,
        enquiry__invoice=OuterRef("pk"),
        enquiry__reference=OuterRef("reference"),
        enquiry__amount=F("amount"),
        enquiry__gateway_account=OuterRef("gateway_account"),
        enquiry__merchant_code=OuterRef("gateway_account__merchant_code"),
    )
    unproven = Invoice.objects.filter(status=Invoice.Status.PAID).exclude(Exists(evidence))
    yield from each("I5", unproven, "it is paid without an answer of the gateway that says so")


def payments_fit_what_is_owed(*, now: datetime) -> Iterator[Difference]:
    for model in (Bill, Installment):
        rows: QuerySet[Any] = model.objects.annotate(
            applied=Coalesce(Sum("payments__applied_amount"), ZERO, output_field=MoneyField())
        )
        yield from each(
            "I6", rows.exclude(applied=F("amount_paid")), "its payments do not sum to what it says was paid"
        )
    unflagged = Payment.objects.filter(applied_amount__lt=F("amount"), review_reason="")
    yield from each("I6", unflagged, "more came in than was owed, and nobody was told")


def states_agree_with_their_times(*, now: datetime) -> Iterator[Difference]:
    for model in (Bill, Installment, Invoice):
        paid, cancelled = Q(status="PAID"), Q(status="CANCELLED")
        rows: QuerySet[Any] = model.objects.all()
        yield from each("I7", rows.filter(paid, paid_at=None), "it is paid without a time")
        yield from each("I7", rows.filter(~paid, paid_at__isnull=False), "it was paid once and is not now")
        yield from each("I7", rows.filter(cancelled, cancelled_at=None), "it is cancelled without a time")
        yield from each(
            "I7", rows.filter(~cancelled, cancelled_at__isnull=False), "it was cancelled once and is not now"
        )
    sent_once = Invoice.objects.filter(status=Invoice.Status.OPEN, sent_at__isnull=False)
    unsent = sent_once.exclude(delivery=Invoice.Delivery.SENT)
    yield from each("I7", unsent, "the gateway has confirmed it, and it is no longer sent")
