"""Callbacks as they came: kept once, whatever they are, and forgotten where they meant nothing."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q

from billing.models import Merchant
from invoices.models import GatewayCallback, Invoice

logger = logging.getLogger(__name__)

State = GatewayCallback.State
# However many callbacks name an invoice, the gateway is asked about it this often at most: no amplification.
ASKED_AT_MOST_EVERY: Final = timedelta(minutes=1)


def keep_callback(
    *,
    merchant: Merchant,
    kind: GatewayCallback.Kind,
    payload: bytes,
    content_type: str,
    inbox_limit: int,
    now: datetime,
) -> str:
    """
    Store a callback once, whatever it is, and return the id of the page that watches what becomes of it.

    Nothing is kept when the merchant's inbox is full of unread ones: payments are found by polling all the same.
    """
    watch_id = secrets.token_hex(16)
    waiting = GatewayCallback.objects.filter(merchant=merchant, state=State.WAITING)
    if waiting[:inbox_limit].count() >= inbox_limit:
        logger.warning("merchant %s: callback inbox is full, one was dropped", merchant.pk)
        return watch_id
    kept, is_new = GatewayCallback.objects.get_or_create(
        merchant=merchant,
        kind=kind,
        payload_digest=hashlib.sha256(payload).hexdigest(),
        defaults={
            "watch_id": watch_id,
            "payload": payload,
            "content_type": content_type[:100],
            "received_at": now,
            "next_attempt_at": now,
        },
    )
    if not is_new:
        _receive_again(kept, now)
    return kept.watch_id


def _receive_again(kept: GatewayCallback, now: datetime) -> None:
    """The same once more: worth asking again, if no payment came of it, though not at once."""
    same = GatewayCallback.objects.filter(pk=kept.pk)
    same.update(times_received=F("times_received") + 1)
    unpaid = Q(invoice=None) | ~Q(invoice__status=Invoice.Status.PAID)
    closed = same.filter(unpaid, next_attempt_at__lte=now - ASKED_AT_MOST_EVERY).exclude(state=State.WAITING)
    closed.update(state=State.WAITING, attempts=0, next_attempt_at=now)


def prune_callbacks(*, now: datetime, keep: timedelta = timedelta(days=2)) -> int:
    """Forget meaningless callbacks; the ones that led to an invoice stay."""
    stale = GatewayCallback.objects.filter(state=State.IGNORED, invoice=None, received_at__lt=now - keep)
    return stale.delete()[0]
