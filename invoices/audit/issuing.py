"""I3: what is due is invoiced once, and a live invoice asks for what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, Max, Model, OuterRef, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext_noop

from billing.fields import MoneyField
from billing.models import Bill, Event, Merchant
from billing.money import ZERO
from invoices.audit.difference import Difference, each, keyed
from invoices.models import Invoice, Payment
from subscriptions.models import Installment

# A sweep comes every minute at most; what is older than this was passed over.
GRACE: Final = timedelta(minutes=10)
# A live invoice that is being cancelled, or a surplus payment that staff have been shown, is no second bill.
_STANDING = Q(status=Invoice.Status.PAID) | Q(status=Invoice.Status.OPEN, cancel_requested_at=None)
_PAYABLES: Final = ((Bill, "bill", Event.Subject.BILL), (Installment, "installment", Event.Subject.INSTALLMENT))


def due_is_invoiced_once(*, now: datetime) -> Iterator[Difference]:
    yield from _never_invoiced(now - GRACE)
    for model, name, _ in _PAYABLES:
        yield from _doubled(model, name)
        rows: QuerySet[Any] = model.objects.all()
        issued = Exists(Invoice.objects.filter(**{f"{name}_id": OuterRef("pk")}, merchant_id=OuterRef("merchant_id")))
        yield from each("I3", rows.filter(~issued, invoiced_at__isnull=False), gettext_noop("its invoice is gone"))
        yield from each("I3", rows.filter(issued, invoiced_at=None), gettext_noop("it is invoiced unnoticed"))
    uninvoiced = Installment.objects.filter(status=Installment.Status.INVOICED, invoiced_at=None)
    yield from each("I3", uninvoiced, gettext_noop("it is called invoiced and never was"))


def _doubled(model: type[Model], name: str) -> Iterator[Difference]:
    reviewed = Payment.objects.filter(**{f"{name}_id": OuterRef(f"{name}_id")}, review_reason=Payment.Review.OVERPAID)
    standing = Invoice.objects.filter(_STANDING, ~Exists(reviewed), **{f"{name}__isnull": False}).order_by()
    counted = standing.values_list(f"{name}_id", "merchant_id").annotate(
        standing=Count("pk"), asked=Sum("amount"), owed=Max(f"{name}__amount")
    )
    # What was raised after it was paid has a paid invoice, and one for the rest.
    keys = counted.filter(standing__gt=1, asked__gt=F("owed"))
    problem = gettext_noop("it has more than one live or paid invoice")
    yield from keyed("I3", model.__name__, keys.values_list(f"{name}_id", "merchant_id"), problem)


def _never_invoiced(late: datetime) -> Iterator[Difference]:
    problem = gettext_noop("it is due and was never invoiced")
    for merchant in Merchant.objects.filter(is_active=True).order_by("pk").iterator():
        yesterday = merchant.local_date(late) - timedelta(days=1)
        overlooked = Installment.objects.due_for_invoicing(until=yesterday).filter(merchant=merchant)
        # A plan posted with dates in the past has as long as any other to be invoiced.
        yield from each("I3", overlooked.filter(subscription__created_at__lt=late).exclude(_changed(late)), problem)
    unasked = Bill.objects.never_invoiced().filter(merchant__is_active=True, created_at__lt=late)
    yield from each("I3", unasked, gettext_noop("it is owed and was never invoiced"))


def _changed(late: datetime) -> Exists:
    """Of a plan resumed or released just now, too, what is due is invoiced by the next sweep."""
    events = Event.objects.exclude(name="created").filter(
        Q(subject=Event.Subject.SUBSCRIPTION, subject_id=OuterRef("subscription_id"))
        | Q(subject=Event.Subject.INSTALLMENT, subject_id=OuterRef("pk")),
        merchant_id=OuterRef("merchant_id"),
        occurred_at__gte=late,
    )
    return Exists(events)


def live_invoices_ask_for_what_is_owed(*, now: datetime) -> Iterator[Difference]:
    for _model, name, subject in _PAYABLES:
        owing = [Bill.Status.PENDING, Installment.Status.SCHEDULED, Installment.Status.INVOICED]
        owed = Case(
            When(**{f"{name}__status__in": owing}, then=F(f"{name}__amount") - F(f"{name}__amount_paid")),
            default=Value(ZERO, output_field=MoneyField()),
            output_field=MoneyField(),
        )
        just_changed = Event.objects.filter(
            merchant_id=OuterRef("merchant_id"),
            subject=subject,
            subject_id=OuterRef(f"{name}_id"),
            occurred_at__gte=now - GRACE,
        )
        live = Invoice.objects.live().filter(**{f"{name}__isnull": False}, cancel_requested_at=None)
        wrong = live.annotate(owed=owed).exclude(amount=F("owed")).exclude(Exists(just_changed))
        yield from each("I3", wrong, gettext_noop("it asks for another amount than is owed"))
    yield from _in_another_currency()


def _in_another_currency() -> Iterator[Difference]:
    problem = gettext_noop("it is in another currency than what it asks for")
    for document in ("bill", "installment__subscription"):
        rows = Invoice.objects.filter(**{f"{document}__isnull": False})
        yield from each("I3", rows.exclude(currency=F(f"{document}__currency")), problem)
