"""Invoices that follow a dead one: for what is owed now, or by another channel."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from billing.models import Channel
from billing.services.channel_choices import Choice
from invoices.models import Invoice
from invoices.services.issuing import LiveInvoiceExists, NothingOwed, renew_invoice
from invoices.services.successors import EnoughForToday, follow_by_itself, hold_back

logger = logging.getLogger(__name__)

AFTER: Final = timedelta(minutes=2)
_AT_ONCE: Final = (Invoice.CancelReason.AMOUNT_CHANGED, Invoice.CancelReason.REPLACED)


def renew_cancelled(*, now: datetime, limit: int = 200) -> int:
    """
    Issue the successors of dead invoices that want one; how many. Wish and fulfilment commit together.

    Not within two minutes, unless staff asked for the new one: a cashier who had a link cancelled may be about to
    record the money. One that was paid while it was being cancelled may have left a rest.
    """
    is_over = Q(cancelled_at__lte=now - AFTER) | Q(cancel_reason__in=_AT_ONCE)
    dead = Q(is_over, status=Invoice.Status.CANCELLED) | Q(status__in=[Invoice.Status.EXPIRED, Invoice.Status.PAID])
    wishes = Invoice.objects.filter(dead, renew_when_cancelled=True)
    return sum(_try_to_renew(invoice_id, now) for invoice_id in wishes.values_list("pk", flat=True)[:limit])


def _try_to_renew(invoice_id: int, now: datetime) -> int:
    try:
        return _renew(invoice_id, now)
    except Exception:  # one merchant's trouble is not another's
        logger.exception("invoice %s: its renewal failed", invoice_id)
        return 0


@transaction.atomic
def _renew(invoice_id: int, now: datetime) -> int:
    invoice = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("bill", "installment")
        .filter(pk=invoice_id, renew_when_cancelled=True)
        .first()
    )
    if invoice is None:
        return 0
    Invoice.objects.filter(pk=invoice_id).update(renew_when_cancelled=False)
    try:
        _follow(invoice, now)
    except (NothingOwed, LiveInvoiceExists):
        return 0
    except EnoughForToday:
        hold_back(invoice, now=now)
        return 0
    return 1


def _follow(invoice: Invoice, now: datetime) -> None:
    if invoice.cancel_reason == Invoice.CancelReason.REPLACED:  # staff want it, and the brake is not for people
        renew_invoice(payable=invoice.payable, actor="system", now=now, channel=_chosen(invoice))
    else:
        follow_by_itself(payable=invoice.payable, now=now, channel=_chosen(invoice))


def _chosen(invoice: Invoice) -> Choice:
    return Channel(invoice.next_channel) if invoice.next_channel else ""
