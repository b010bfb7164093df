"""Taking an invoice back: at the gateway first, where the customer holds its link."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from invoices.models import Invoice
from invoices.services.invoice_events import record_invoice_event

logger = logging.getLogger(__name__)

Delivery = Invoice.Delivery
Reason = Invoice.CancelReason
# The gateway certainly holds nothing for these: never sent, refused, or parked after calls that all failed before
# anything was sent (one parked for a contradiction was UNKNOWN before).
_NOWHERE = Q(delivery__in=[Delivery.NEW, Delivery.REJECTED]) | Q(delivery=Delivery.PARKED, unknown_since=None)


class InvoiceNotOpen(DomainError):
    code = "INVOICE_NOT_OPEN"
    message = gettext_noop("Only an open invoice can be cancelled; this one is already paid, cancelled or expired.")


def request_cancel(
    invoice: Invoice, *, reason: Invoice.CancelReason, actor: str, now: datetime, renew: bool = False
) -> None:
    """
    Have a locked, open invoice cancelled, in the caller's transaction.

    Where the gateway has nothing of it that is done at once; else the link is cancelled there first, and where it is
    not known whether the gateway has it, only after it was asked.

    :param renew: issue a new invoice for what is still owed once this one is dead
    """
    if invoice.cancel_requested_at is None:
        invoice.cancel_requested_at, invoice.cancel_reason = now, reason
        invoice.renew_when_cancelled = False  # a refused one was to be followed by another channel's
    invoice.renew_when_cancelled = invoice.renew_when_cancelled or renew
    invoice.next_cancel_at = now
    invoice.save(update_fields=["cancel_requested_at", "cancel_reason", "renew_when_cancelled", "next_cancel_at"])
    record_invoice_event(invoice, "cancel_requested", actor=actor, reason=invoice.cancel_reason)
    if Invoice.objects.filter(_NOWHERE, pk=invoice.pk).exists():
        mark_cancelled(invoice, actor=actor, now=now)


def mark_cancelled(invoice: Invoice, *, actor: str, now: datetime) -> None:
    """A locked invoice whose link is dead, or never was."""
    invoice.status, invoice.cancelled_at = Invoice.Status.CANCELLED, now
    invoice.cancel_reason = invoice.cancel_reason or Reason.BY_STAFF
    invoice.next_cancel_at = invoice.next_poll_at = invoice.next_look_at = None
    invoice.save(
        update_fields=[
            "status",
            "cancelled_at",
            "cancel_reason",
            "next_cancel_at",
            "next_poll_at",
            "next_look_at",
        ]
    )
    record_invoice_event(invoice, "cancelled", actor=actor, reason=invoice.cancel_reason)


@transaction.atomic
def cancel_invoice(*, merchant_id: int, invoice_id: int, actor: str, now: datetime) -> Invoice:
    """
    Staff take an invoice back; what it asked for stays owed.

    :raises InvoiceNotOpen:
    """
    invoice = Invoice.objects.select_for_update().get(merchant_id=merchant_id, pk=invoice_id)
    if invoice.status != Invoice.Status.OPEN:
        raise InvoiceNotOpen
    request_cancel(invoice, reason=Reason.BY_STAFF, actor=actor, now=now)
    return invoice


def request_cancel_of_others(paid: Invoice, *, actor: str, now: datetime) -> None:
    """A payment arrived on one invoice: any other live one of the same payable asks for too much now."""
    same = Q(bill_id=paid.bill_id) if paid.bill_id else Q(installment_id=paid.installment_id)
    others = Invoice.objects.live().filter(same, merchant_id=paid.merchant_id, cancel_requested_at=None)
    for other in others.exclude(pk=paid.pk).select_for_update():
        request_cancel(other, reason=Reason.PAID_OTHERWISE, renew=True, actor=actor, now=now)


def finish_cancellations(*, now: datetime, limit: int = 500) -> int:
    """Cancel the invoices that were to be cancelled while a call was under way, and never reached the gateway."""
    waiting = Invoice.objects.live().filter(_NOWHERE, next_cancel_at__isnull=False)
    first = waiting.order_by("next_cancel_at", "pk").values_list("pk", flat=True)[:limit]
    return sum(_try_to_finish(invoice_id, now) for invoice_id in first)


def _try_to_finish(invoice_id: int, now: datetime) -> int:
    try:
        return _finish(invoice_id, now)
    except Exception:  # one merchant's trouble is not another's
        logger.exception("invoice %s: its cancellation could not be finished", invoice_id)
        return 0


@transaction.atomic
def _finish(invoice_id: int, now: datetime) -> int:
    waiting = Invoice.objects.live().filter(_NOWHERE, pk=invoice_id, cancel_requested_at__isnull=False)
    invoice = waiting.select_for_update().first()
    if invoice is None:
        return 0
    mark_cancelled(invoice, actor="system", now=now)
    return 1
