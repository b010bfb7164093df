"""I5: paid means the gateway said so. I6: nothing settles more than is owed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from billing.fields import MoneyField
from billing.models import Bill
from billing.money import ZERO
from invoices.audit.difference import Difference, each, keyed
from invoices.models import Credit, Enquiry, Invoice, Payment
from subscriptions.models import Installment

Method = Payment.Method


def paid_has_evidence(*, now: datetime) -> Iterator[Difference]:
    whole = Payment.objects.filter(invoice=OuterRef("pk"), method=Method.GATEWAY, amount__gte=OuterRef("amount"))
    unpaid = Invoice.objects.filter(~Exists(whole), status=Invoice.Status.PAID)
    yield from each("I5", unpaid, gettext_noop("it is paid without an answer of the gateway that says so"))
    said_so = Q(
        enquiry__finding=Enquiry.Finding.PAID,
        enquiry__invoice=F("invoice"),
        enquiry__reference=F("invoice__reference"),
        enquiry__amount=F("amount"),
        enquiry__gateway_account=F("gateway_account"),
        enquiry__merchant_code=F("gateway_account__merchant_code"),
        invoice__gateway_account=F("gateway_account"),
    )
    unproven = Payment.objects.filter(method=Method.GATEWAY).exclude(said_so)
    yield from each("I5", unproven, gettext_noop("the gateway never said of its invoice that so much was paid"))
    misplaced = Payment.objects.filter(invoice__isnull=False).exclude(
        Q(bill=F("invoice__bill")) | Q(installment=F("invoice__installment"))
    )
    yield from each("I5", misplaced, gettext_noop("it is for something else than its invoice"))


def payments_fit_what_is_owed(*, now: datetime) -> Iterator[Difference]:
    """What payments settled, and what was left over of others and used here."""
    problem = gettext_noop("its payments do not sum to what it says was paid")
    for model, name in ((Bill, "bill"), (Installment, "installment")):
        key = (f"{name}_id", f"{name}__merchant_id")
        sums = Payment.objects.filter(**{f"{name}__isnull": False}).order_by().values(*key, f"{name}__amount_paid")
        settled = sums.annotate(applied=Sum("applied_amount"), credited=_credited(name, f"{name}_id"))
        wrong = settled.exclude(**{f"{name}__amount_paid": F("applied") + F("credited")})
        yield from keyed("I6", model.__name__, wrong.values_list(*key), problem)
        rows: QuerySet[Any] = model.objects.filter(amount_paid__gt=0)
        unpaid = rows.exclude(Exists(Payment.objects.filter(**{f"{name}_id": OuterRef("pk")})))
        yield from each("I6", unpaid.exclude(amount_paid=_credited(name, "pk")), problem)
    unflagged = Payment.objects.filter(applied_amount__lt=F("amount"), review_reason="")
    yield from each("I6", unflagged, gettext_noop("more came in than was owed, and nobody was told"))


def _credited(name: str, outer: str) -> Coalesce:
    used = Credit.objects.filter(**{f"{name}_id": OuterRef(outer)}, status=Credit.Status.DONE).order_by().values(name)
    total = Subquery(used.annotate(total=Sum("amount")).values("total"), output_field=MoneyField())
    return Coalesce(total, Value(ZERO, MoneyField()), output_field=MoneyField())
