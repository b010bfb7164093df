"""I11: every change has its event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop

from billing.models import Bill, Event
from invoices.audit.difference import Difference, each
from invoices.models import Invoice, Payment
from subscriptions.models import Installment, Subscription

Subject = Event.Subject
_SENT = ("delivery_done", "found_at_gateway", "confirmed_sent")


def changes_have_events(*, now: datetime) -> Iterator[Difference]:
    expected: list[tuple[Subject, QuerySet[Any], tuple[str, ...]]] = [
        (Subject.BILL, Bill.objects.all(), ("created",)),
        (Subject.BILL, Bill.objects.filter(status=Bill.Status.PAID), ("settled",)),
        (Subject.BILL, Bill.objects.filter(status=Bill.Status.CANCELLED), ("cancelled",)),
        (Subject.SUBSCRIPTION, Subscription.objects.all(), ("created",)),
        (Subject.SUBSCRIPTION, Subscription.objects.filter(status=Subscription.Status.COMPLETED), ("completed",)),
        (Subject.SUBSCRIPTION, Subscription.objects.filter(status=Subscription.Status.CANCELLED), ("cancelled",)),
        (Subject.INSTALLMENT, Installment.objects.filter(status=Installment.Status.PAID), ("settled",)),
        (Subject.INVOICE, Invoice.objects.all(), ("issued",)),
        (Subject.INVOICE, Invoice.objects.filter(delivery=Invoice.Delivery.SENT), _SENT),
        (Subject.INVOICE, Invoice.objects.filter(status=Invoice.Status.PAID), ("paid",)),
        (Subject.INVOICE, Invoice.objects.filter(status=Invoice.Status.CANCELLED), ("cancelled",)),
        (Subject.PAYMENT, Payment.objects.all(), ("received",)),
    ]
    for subject, rows, names in expected:
        told = Event.objects.filter(
            merchant_id=OuterRef("merchant_id"), subject=subject, subject_id=OuterRef("pk"), name__in=names
        )
        problem = gettext_noop("its timeline lacks an event")
        yield from each("I11", rows.filter(~Exists(told)), problem, " / ".join(names))
