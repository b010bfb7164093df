"""I7: states do not go backwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from billing.models import Bill
from invoices.audit.difference import Difference, each
from invoices.models import Invoice
from subscriptions.models import Installment, Subscription


def states_agree_with_their_times(*, now: datetime) -> Iterator[Difference]:
    paid, cancelled = Q(status="PAID"), Q(status="CANCELLED")
    for model in (Bill, Installment, Invoice):
        rows: QuerySet[Any] = model.objects.all()
        yield from each("I7", rows.filter(paid, paid_at=None), gettext_noop("it is paid without a time"))
        was_paid = gettext_noop("it was paid once and is not now")
        yield from each("I7", rows.filter(~paid, paid_at__isnull=False), was_paid)
        yield from each("I7", rows.filter(cancelled, cancelled_at=None), gettext_noop("it is cancelled without a time"))
        was_cancelled = gettext_noop("it was cancelled once and is not now")
        yield from each("I7", rows.filter(~cancelled, cancelled_at__isnull=False), was_cancelled)
    ended = [Subscription.Status.CANCELLED, Subscription.Status.COMPLETED]
    outliving = Installment.objects.filter(status=Installment.Status.SCHEDULED, subscription__status__in=ended)
    yield from each("I7", outliving, gettext_noop("it is still scheduled, though its plan has ended"))
    sent_once = Invoice.objects.filter(status=Invoice.Status.OPEN, sent_at__isnull=False)
    unsent = sent_once.exclude(delivery=Invoice.Delivery.SENT)
    yield from each("I7", unsent, gettext_noop("the gateway has confirmed it, and it is no longer sent"))
