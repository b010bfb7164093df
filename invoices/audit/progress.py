"""I10: nothing is stuck."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q
from django.utils.translation import gettext_noop

from invoices.audit.difference import Difference, each
from invoices.audit.issuing import GRACE
from invoices.models import DeliveryAttempt, Invoice, Reminder
from invoices.models.invoice import InvoiceQuerySet

Delivery = Invoice.Delivery
# A month's run takes its time: while an account sends at all, its last invoice may wait so long for its turn.
_TURN_COMES_WITHIN: Final = timedelta(days=1)


def nothing_is_stuck(*, now: datetime) -> Iterator[Difference]:
    late = now - GRACE
    yield from each("I10", _unsent(now), gettext_noop("it has been due to be sent for too long"))
    undead = Invoice.objects.live().filter(delivery__in=[Delivery.NEW, Delivery.REJECTED], cancel_requested_at__lt=late)
    problem = gettext_noop("it was to be cancelled ten minutes ago, and the gateway has nothing of it")
    yield from each("I10", undead, problem)
    outlived = Invoice.objects.live().filter(
        delivery__in=[Delivery.SENT, Delivery.UNKNOWN, Delivery.PARKED], expires_on__lt=now.date() - timedelta(days=5)
    )
    yield from each("I10", outlived, gettext_noop("its link died days ago, and it is still open"))
    abandoned = Invoice.objects.filter(delivery=Delivery.SENDING, lease_until__lt=late)
    yield from each("I10", abandoned, gettext_noop("its lease ran out ten minutes ago"))
    unasked = _callable(late).filter(delivery=Delivery.UNKNOWN, gateway_account__can_enquire=True)
    unasked = unasked.filter(Q(next_look_at=None) | Q(next_look_at__lt=late))
    yield from each("I10", unasked, gettext_noop("its outcome is unknown and nobody asks"))
    claimed = Reminder.objects.filter(status=Reminder.Status.CLAIMED, claimed_at__lt=now - timedelta(hours=1))
    yield from each("I10", claimed, gettext_noop("it was begun an hour ago and never finished"))


def _callable(late: datetime) -> InvoiceQuerySet:
    """The live invoices whose gateway could be called all the time since then."""
    return Invoice.objects.live().filter(
        Q(gateway_account__paused_until=None) | Q(gateway_account__paused_until__lt=late),
        gateway_account__parked_at=None,
        gateway_account__breaker_open_until=None,
        gateway_account__currency=F("currency"),
        merchant__is_active=True,
    )


def _unsent(now: datetime) -> InvoiceQuerySet:
    late = now - GRACE
    busy = DeliveryAttempt.objects.filter(started_at__gt=late).order_by().values("gateway_account_id").distinct()
    is_moving = Q(gateway_account__in=busy) | Q(gateway_account__recovering_since__isnull=False)
    waits_too_long = Q(next_attempt_at__lt=now - _TURN_COMES_WITHIN) | (Q(next_attempt_at__lt=late) & ~is_moving)
    return _callable(late).filter(waits_too_long, delivery=Delivery.NEW, cancel_requested_at=None)
