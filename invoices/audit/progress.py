"""I10: nothing is stuck. I11: every change has its event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from billing.models import Bill, Event
from invoices.audit.difference import Difference, each
from invoices.audit.issuing import GRACE
from invoices.models import Invoice, Payment
from subscriptions.models import Installment, Subscription

Delivery = Invoice.Delivery
Subject = Event.Subject


def nothing_is_stuck(*, now: datetime) -> Iterator[Difference]:
    late = now - GRACE
    callable_now = Invoice.objects.live().filter(
        Q(gateway_account__paused_until=None) | Q(gateway_account__paused_until__lt=late),
        gateway_account__parked_at=None,
        gateway_account__breaker_open_until=None,
        gateway_account__currency=F("currency"),
        merchant__is_active=True,
    )
    waiting = callable_now.filter(delivery=Delivery.NEW, next_attempt_at__lt=late, cancel_requested_at=None)
    yield from each("I10", waiting, "it has been due to be sent for ten minutes")
    undead = Invoice.objects.live().filter(delivery__in=[Delivery.NEW, Delivery.REJECTED], cancel_requested_at__lt=late)
    yield from each("I10", undead, "it was to be cancelled ten minutes ago, and the gateway has nothing of it")
    outlived = Invoice.objects.live().filter(
        delivery__in=[Delivery.SENT, Delivery.UNKNOWN, Delivery.PARKED], expires_on__lt=now.date() - timedelta(days=5)
    )
    yield from each("I10", outlived, "its link died days ago, and it is still open")
    abandoned = Invoice.objects.filter(delivery=Delivery.SENDING, lease_until__lt=late)
    yield from each("I10", abandoned, "its lease ran out ten minutes ago")
    unasked = callable_now.filter(delivery=Delivery.UNKNOWN, gateway_account__can_enquire=True)
    unasked = unasked.filter(Q(next_look_at=None) | Q(next_look_at__lt=late))
    yield from each("I10", unasked, "its outcome is unknown and nobody asks")


def changes_have_events(*, now: datetime) -> Iterator[Difference]:
    expected: list[tuple[Subject, QuerySet[Any], str]] = [
        (Subject.BILL, Bill.objects.all(), "created"),
        (Subject.BILL, Bill.objects.filter(status=Bill.Status.PAID), "settled"),
        (Subject.BILL, Bill.objects.filter(status=Bill.Status.CANCELLED), "cancelled"),
        (Subject.SUBSCRIPTION, Subscription.objects.all(), "created"),
        (Subject.SUBSCRIPTION, Subscription.objects.filter(status=Subscription.Status.COMPLETED), "completed"),
        (Subject.SUBSCRIPTION, Subscription.objects.filter(status=Subscription.Status.CANCELLED), "cancelled"),
        (Subject.INSTALLMENT, Installment.objects.filter(status=Installment.Status.PAID), "settled"),
        (Subject.INVOICE, Invoice.objects.all(), "issued"),
        (Subject.INVOICE, Invoice.objects.filter(status=Invoice.Status.PAID), "paid"),
        (Subject.INVOICE, Invoice.objects.filter(status=Invoice.Status.CANCELLED), "cancelled"),
        (Subject.PAYMENT, Payment.objects.all(), "received"),
    ]
    for subject, rows, name in expected:
        told = Event.objects.filter(
            merchant_id=OuterRef("merchant_id"), subject=subject, subject_id=OuterRef("pk"), name=name
        )
        yield from each("I11", rows.exclude(Exists(told)), f"its timeline lacks the event {name}")
