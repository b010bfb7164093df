"""Leases that ran out: the worker that held them died, or was too slow."""

from __future__ import annotations

from datetime import datetime

from invoices.models import Invoice

Delivery = Invoice.Delivery


def release_expired_leases(*, now: datetime) -> int:
    """
    Give back the invoices whose lease ran out; how many there were.

    A call that was never written down as begun was never made: the invoice is due again. One that was may have
    reached the gateway: it is UNKNOWN, and asked about.
    """
    expired = Invoice.objects.filter(delivery=Delivery.SENDING, lease_until__lte=now)
    never_called = expired.filter(call_started_at=None).update(
        delivery=Delivery.NEW, lease_id="", lease_until=None, next_attempt_at=now
    )
    perhaps_called = expired.filter(call_started_at__isnull=False).update(
        delivery=Delivery.UNKNOWN,
        lease_id="",
        lease_until=None,
        call_started_at=None,
        unknown_since=now,
        looks=0,
        next_look_at=now,
        problem="the sending process ended before the gateway's answer",
    )
    return never_called + perhaps_called
