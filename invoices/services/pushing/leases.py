"""Leases that ran out: the worker that held them died, or was too slow."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from invoices.models import Invoice

CHUNK: Final = 1_000
NO_ANSWER_SEEN: Final = gettext_noop("The sending process ended before the gateway's answer. The gateway is asked.")
# For an invoice that kills whoever sends it, the next worker would be the next to die.
WORKERS_LOST: Final = gettext_noop(
    "Sending stopped without an answer too often, and the gateway does not have this invoice. "
    "Look for what is unusual about it, then send it again."
)


def release_expired_leases(*, now: datetime) -> int:
    """
    Take the invoices whose lease ran out from whoever held them; how many there were.

    The call had been written down, so it may have reached the gateway: the outcome is UNKNOWN, and asked about. How
    often that happened is counted: too often, and what the gateway turns out not to have is parked.
    """
    released = 0
    while count := _release(now):
        released += count
    return released


@transaction.atomic
def _release(now: datetime) -> int:
    expired = Invoice.objects.filter(delivery=Invoice.Delivery.SENDING, lease_until__lte=now).order_by("id")
    ids = list(expired.select_for_update(skip_locked=True).values_list("pk", flat=True)[:CHUNK])
    if not ids:
        return 0
    return Invoice.objects.filter(pk__in=ids).update(
        delivery=Invoice.Delivery.UNKNOWN,
        lease_id="",
        lease_until=None,
        call_started_at=None,
        lost_leases=F("lost_leases") + 1,
        unknown_since=now,
        looks=0,
        next_look_at=now,
        problem=NO_ANSWER_SEEN,
    )
