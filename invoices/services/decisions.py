"""What only a person can decide: outcomes nobody can ask about, and refusals put right."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from invoices.models import Invoice
from invoices.services.cancelling import mark_cancelled
from invoices.services.invoice_events import record_invoice_event
from invoices.services.issuing import renew_invoice

Delivery = Invoice.Delivery
_UNDECIDED: Final = (Delivery.UNKNOWN, Delivery.PARKED)


class NothingToDecide(DomainError):
    code = "NOTHING_TO_DECIDE"
    message = gettext_noop("This invoice's outcome is known: there is nothing to decide.")


@transaction.atomic
def confirm_sent(*, merchant_id: int, invoice_id: int, actor: str, now: datetime) -> Invoice:
    """
    Staff have seen in the gateway's panel that it was sent.

    :raises NothingToDecide:
    """
    invoice = _undecided(merchant_id, invoice_id, _UNDECIDED)
    return _decide(
        invoice,
        "confirmed_sent",
        actor,
        delivery=Delivery.SENT,
        sent_at=now,
        next_look_at=None,
        next_poll_at=now,
        next_cancel_at=now if invoice.cancel_requested_at else None,
    )


@transaction.atomic
def send_again(
    *,
    merchant_id: int,
    invoice_id: int,
    actor: str,
    now: datetime,
    of: Collection[Invoice.Delivery] = (*_UNDECIDED, Delivery.REJECTED),
) -> Invoice:
    """
    Staff have seen that the gateway does not have it, or have mended what it was refused for.

    A refused one is replaced, for a reference that was refused is not used again. One that was to be cancelled is.

    :param of: what it may be; where nobody has looked at each, refused ones alone
    :raises NothingToDecide: it is none of them, or not open any more
    """
    invoice = _undecided(merchant_id, invoice_id, of)
    if invoice.cancel_requested_at is not None:
        mark_cancelled(invoice, actor=actor, now=now)
        return invoice
    if invoice.delivery == Delivery.REJECTED:
        invoice.cancel_reason, invoice.renew_when_cancelled = Invoice.CancelReason.REPLACED, False
        invoice.save(update_fields=["cancel_reason", "renew_when_cancelled"])
        mark_cancelled(invoice, actor=actor, now=now)
        return renew_invoice(payable=invoice.payable, actor=actor, now=now)
    return _decide(
        invoice,
        "send_again",
        actor,
        delivery=Delivery.NEW,
        attempts=0,
        lost_leases=0,
        looks=0,
        next_look_at=None,
        next_attempt_at=now,
    )


def _undecided(merchant_id: int, invoice_id: int, of: Collection[Invoice.Delivery]) -> Invoice:
    invoice = Invoice.objects.select_for_update().get(merchant_id=merchant_id, pk=invoice_id)
    if invoice.delivery not in of or invoice.status != Invoice.Status.OPEN:
        raise NothingToDecide
    return invoice


def _decide(invoice: Invoice, event: str, actor: str, **changes: Any) -> Invoice:
    changes |= {"problem": "", "unknown_since": None}
    for name, value in changes.items():
        setattr(invoice, name, value)
    invoice.save(update_fields=list(changes))
    record_invoice_event(invoice, event, actor=actor)
    return invoice
