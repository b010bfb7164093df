"""I8: numbers are unique and without gaps; those of invoices may have gaps, but none that was never given out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, IntegerField, Max, Min, QuerySet, Value
from django.db.models.functions import Cast, Concat, Substr
from django.utils.translation import gettext_noop

from billing.models import Bill, NumberSequence
from invoices.audit.difference import CHUNK, Difference, each
from invoices.models import Invoice, Payment
from subscriptions.models import Subscription

Kind = NumberSequence.Kind
_DAY_DIGITS: Final = 8


def numbers_have_no_gaps(*, now: datetime) -> Iterator[Difference]:
    yield from _of_kind(Kind.BILL, Bill.objects.all(), "billing_no", prefix="BILL-")
    yield from _of_kind(Kind.SUBSCRIPTION, Subscription.objects.all(), "subscription_no", prefix="SUB-")
    yield from _of_kind(Kind.INVOICE, Invoice.objects.all(), "number", prefix="INV-", may_have_gaps=True)
    receipts = Payment.objects.exclude(receipt_no=None)
    yield from _of_kind(Kind.RECEIPT, receipts, "receipt_no", prefix="RCP-")
    twins = Bill.objects.exclude(bill_no=Concat(Value("BN-"), Substr("billing_no", len("BILL-") + 1)))
    yield from each("I8", twins, gettext_noop("its two numbers differ"))
    strangers = Invoice.objects.exclude(reference__startswith=Concat(F("number"), Value("-")))
    yield from each("I8", strangers, gettext_noop("its reference is not of its number"))


def _of_kind(
    kind: NumberSequence.Kind, documents: QuerySet[Any], field: str, *, prefix: str, may_have_gaps: bool = False
) -> Iterator[Difference]:
    """Both by merchant and day, side by side, so that nothing is held however many days there were."""
    days = _used(documents, field, len(prefix)).iterator(chunk_size=CHUNK)
    used = next(days, None)
    sequences = NumberSequence.objects.filter(kind=kind).order_by("merchant_id", "day")
    for sequence in sequences.iterator(chunk_size=CHUNK):
        place = (sequence.merchant_id, f"{sequence.day:%Y%m%d}")
        while used is not None and _place(used) < place:
            yield _never_given(used)
            used = next(days, None)
        carried = None
        if used is not None and _place(used) == place:
            carried, used = used, next(days, None)
        if not _agrees(sequence, carried, may_have_gaps=may_have_gaps):
            yield _disagreement(sequence, carried)
    while used is not None:
        yield _never_given(used)
        used = next(days, None)


def _used(documents: QuerySet[Any], field: str, prefix: int) -> QuerySet[Any, Any]:
    day = Substr(field, prefix + 1, _DAY_DIGITS)
    counter = Cast(Substr(field, prefix + _DAY_DIGITS + 2), IntegerField())
    used: QuerySet[Any, Any] = (
        documents.order_by()
        .annotate(day=day, counter=counter)
        .values("merchant_id", "day")
        .annotate(
            documents=Count("pk"),
            numbers=Count("counter", distinct=True),
            lowest=Min("counter"),
            highest=Max("counter"),
        )
        .order_by("merchant_id", "day")
    )
    return used


def _place(used: dict[str, Any]) -> tuple[int, str]:
    return used["merchant_id"], used["day"]


def _agrees(sequence: NumberSequence, used: dict[str, Any] | None, *, may_have_gaps: bool) -> bool:
    if used is None:
        return may_have_gaps or sequence.last_value == 0
    is_unique = used["numbers"] == used["documents"]
    is_within = used["lowest"] >= 1 and used["highest"] <= sequence.last_value
    return is_unique and is_within and (may_have_gaps or used["numbers"] == sequence.last_value)


def _disagreement(sequence: NumberSequence, used: dict[str, Any] | None) -> Difference:
    carried = f"{used['documents']}/{used['numbers']}" if used else "0"
    return Difference(
        invariant="I8",
        merchant_id=sequence.merchant_id,
        subject="NumberSequence",
        subject_id=sequence.pk,
        problem=gettext_noop("the numbers given out that day and the documents that carry them differ"),
        evidence=f"{sequence.kind} {sequence.day}: {sequence.last_value} ≠ {carried}",
    )


def _never_given(used: dict[str, Any]) -> Difference:
    return Difference(
        invariant="I8",
        merchant_id=used["merchant_id"],
        subject="Merchant",
        subject_id=used["merchant_id"],
        problem=gettext_noop("documents carry numbers that were never given out"),
        evidence=f"{used['day']}: {used['documents']}",
    )
