"""Links that died while nobody could ask the gateway about them."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from invoices.models import GatewayAccount, Invoice
from invoices.services.invoice_events import record_invoice_event

logger = logging.getLogger(__name__)

# The gateway's day may end after ours: a link counts as dead a day later, or two could be payable at once.
EXPIRES_AFTER: Final = timedelta(days=1)
# Where the gateway answers, it is told to cancel and asked a last time instead (errands.py).
DEAD_AFTER: Final = timedelta(days=2)


def is_past(invoice: Invoice, *, now: datetime) -> bool:
    """Whether an invoice's last day is over, wherever the gateway counts its days."""
    return invoice.expires_on < invoice.merchant.local_date(now) - EXPIRES_AFTER


def expire_unanswerable(*, now: datetime, limit: int = 500) -> int:
    """
    Expire the invoices past their day whose account is parked or cannot be asked; how many there were.

    Their links are dead at the gateway by its own date, so a new one, or cash, may follow.
    """
    silent = GatewayAccount.objects.filter(Q(parked_at__isnull=False) | Q(can_enquire=False))
    past = Invoice.objects.live().filter(
        gateway_account__in=silent.values("pk"),
        merchant__in=silent.values("merchant"),  # open invoices have an index by merchant
        delivery__in=[Invoice.Delivery.SENT, Invoice.Delivery.UNKNOWN, Invoice.Delivery.PARKED],
        expires_on__lt=now.date() - DEAD_AFTER,
    )
    first = past.order_by("expires_on", "pk").values_list("pk", flat=True)[:limit]
    return sum(_try_to_expire(invoice_id) for invoice_id in first)


def _try_to_expire(invoice_id: int) -> int:
    try:
        return _expire(invoice_id)
    except Exception:  # one merchant's trouble is not another's
        logger.exception("invoice %s: it could not be expired", invoice_id)
        return 0


@transaction.atomic
def _expire(invoice_id: int) -> int:
    invoice = Invoice.objects.live().select_for_update().filter(pk=invoice_id).first()
    if invoice is None:
        return 0
    invoice.status = Invoice.Status.EXPIRED
    invoice.next_look_at = invoice.next_cancel_at = None
    invoice.save(update_fields=["status", "next_look_at", "next_cancel_at"])
    record_invoice_event(invoice, "expired", actor="system")
    return 1
