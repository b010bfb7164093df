"""I3: what is due is invoiced once. I4: installments sum to the total. I8: numbers are unique and without gaps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Substr

from billing.models import Bill, Merchant, NumberSequence
from invoices.audit.difference import Difference, each
from invoices.models import Invoice, Payment
from subscriptions.models import Installment, Subscription

# A sweep comes every minute at most; what is older than this was passed over.
GRACE = timedelta(minutes=10)
# A live invoice that is being cancelled, or a surplus payment that staff have been shown, is no second bill.
_STANDING = Q(invoices__status=Invoice.Status.PAID) | Q(
    invoices__status=Invoice.Status.OPEN, invoices__cancel_requested_at=None
)


def due_is_invoiced_once(*, now: datetime) -> Iterator[Difference]:
    for merchant in Merchant.objects.filter(is_active=True).iterator():
        yesterday = merchant.local_date(now - GRACE) - timedelta(days=1)
        overlooked = Installment.objects.due_for_invoicing(until=yesterday).filter(merchant=merchant)
        # A plan posted with dates in the past has as long as any other to be invoiced.
        overlooked = overlooked.filter(subscription__created_at__lt=now - GRACE)
        yield from each("I3", overlooked, "it is due and was never invoiced")
    last_month = (now - GRACE).date() - timedelta(days=31)
    forgotten = Subscription.objects.open_ended_and_active().filter(scheduled_until__lt=last_month)
    yield from each("I3", forgotten.filter(merchant__is_active=True), "its next month was never scheduled")
    unasked = Bill.objects.never_invoiced().filter(merchant__is_active=True, created_at__lt=now - GRACE)
    yield from each("I3", unasked, "it is owed and was never invoiced")
    for model in (Bill, Installment):
        rows: QuerySet[Any] = model.objects.annotate(
            standing=Count("invoices", filter=_STANDING), issued=Count("invoices")
        )
        doubled = rows.filter(standing__gt=1).exclude(payments__review_reason=Payment.Review.OVERPAID)
        yield from each("I3", doubled, "it has more than one live or paid invoice")
        yield from each("I3", rows.filter(invoiced_at__isnull=False, issued=0), "its invoice is gone")
        yield from each("I3", rows.filter(invoiced_at__isnull=True, issued__gt=0), "it is invoiced unnoticed")


def installments_sum_to_the_total(*, now: datetime) -> Iterator[Difference]:
    plans = Subscription.objects.exclude(total_amount=None).annotate(scheduled=Sum("installments__amount"))
    wrong = plans.exclude(scheduled=F("total_amount"))
    yield from each("I4", wrong, "its installments do not sum to its total")
    count = Count("installments")
    short = Subscription.objects.annotate(count=count).exclude(count=F("last_sequence"))
    yield from each("I4", short, "installments are missing from its sequence")


def numbers_have_no_gaps(*, now: datetime) -> Iterator[Difference]:
    yield from _gaps(NumberSequence.Kind.BILL, Bill.objects.annotate(day=Substr("billing_no", 6, 8)))
    subscriptions = Subscription.objects.annotate(day=Substr("subscription_no", 5, 8))
    yield from _gaps(NumberSequence.Kind.SUBSCRIPTION, subscriptions)


def _gaps(kind: NumberSequence.Kind, documents: QuerySet[Any]) -> Iterator[Difference]:
    used = {
        (row["merchant_id"], row["day"]): row["count"]
        for row in documents.order_by().values("merchant_id", "day").annotate(count=Count("pk"))
    }
    for sequence in NumberSequence.objects.filter(kind=kind):
        count = used.pop((sequence.merchant_id, f"{sequence.day:%Y%m%d}"), 0)
        if count != sequence.last_value:
            problem = f"{sequence.last_value} numbers were given out on {sequence.day}, {count} documents carry one"
            yield Difference(invariant="I8", subject="NumberSequence", subject_id=sequence.pk, problem=problem)
    for (merchant_id, day), count in used.items():
        problem = f"{count} documents of {day} carry numbers that were never given out"
        yield Difference(invariant="I8", subject="Merchant", subject_id=merchant_id, problem=problem)
