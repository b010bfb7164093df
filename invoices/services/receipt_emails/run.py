"""Receipts that are due: found, claimed and sent, the oldest first."""

from __future__ import annotations

import logging
import time

from billing.clock import database_now
from invoices.models import ReceiptEmail
from invoices.services.receipt_emails.rows import ReceiptTaken, claim_receipt, release_dead_claims
from invoices.services.receipt_emails.sending import send_receipt

logger = logging.getLogger(__name__)

_TOGETHER = 100


def send_due_receipts(*, seconds: float) -> tuple[int, bool]:
    """
    Send what is due, for about so many seconds; how many were taken up, and whether all were looked at.

    Safe beside itself and after dying anywhere: each is claimed by one statement before it is sent. When the mail
    server cannot be reached the rest waits for the next pass.
    """
    now, ends_at, taken, last_id = database_now(), time.monotonic() + seconds, 0, 0
    release_dead_claims(now=now)
    due = ReceiptEmail.objects.filter(status=ReceiptEmail.Status.DUE, due_at__lte=now).order_by("pk")
    while ids := list(due.filter(pk__gt=last_id).values_list("pk", flat=True)[:_TOGETHER]):
        for last_id in ids:
            if time.monotonic() >= ends_at:
                return taken, False
            is_down, count = _send_one(last_id)
            taken += count
            if is_down:
                return taken, True
    return taken, True


def _send_one(receipt_id: int) -> tuple[bool, int]:
    """Whether the mail server is down, and how many this took up."""
    try:
        receipt = claim_receipt(receipt_id=receipt_id, now=database_now())
    except ReceiptTaken:
        return False, 0
    try:
        return send_receipt(receipt).is_down, 1
    except Exception:  # one receipt's trouble is not another's; its claim runs out as UNKNOWN
        logger.exception("receipt e-mail %s could not be made", receipt_id)
        return False, 1
