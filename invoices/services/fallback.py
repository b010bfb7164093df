"""Another channel after the gateway has refused one: SMS, then WhatsApp, e-mail, and at last the bare link."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When

from billing.models import Channel
from invoices.gateway.errors import CredentialsRefused, Rejected
from invoices.models import Invoice
from invoices.services.cancelling import mark_cancelled
from invoices.services.issuing import renew_invoice
from invoices.services.payables import email_of, lock_payable

logger = logging.getLogger(__name__)

_ORDER: Final = (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL, Channel.LINK)
_CONTACT_FIELDS: Final = frozenset({"mobileNumber", "countryCode", "customerEmail", "invoiceType", "invoiceSubType"})


def is_about_the_channel(refusal: Rejected) -> bool:
    """Whether another channel may help: the gateway named what is wrong, and it is nothing else, such as the amount."""
    is_named = bool(refusal.field_errors) and refusal.field_errors.keys() <= _CONTACT_FIELDS
    return is_named and not isinstance(refusal, CredentialsRefused)


def wish_for(refusal: Rejected) -> dict[str, Any]:
    """
    What to write together with REJECTED, so that the sweep goes on where a process died before `fall_back`.

    An invoice that was to be cancelled while the call was under way keeps whatever it was to be followed by.
    """
    if not is_about_the_channel(refusal):
        return {}
    wanted = Case(When(cancel_requested_at=None, then=Value(True)), default=F("renew_when_cancelled"))
    return {"renew_when_cancelled": wanted}


@transaction.atomic
def fall_back(*, invoice_id: int, now: datetime) -> Invoice | None:
    """
    The successor of a refused invoice by the next channel; None where there is none and staff have to decide.

    The refused one ends cancelled in the same transaction, for its reference is never used again. Beside itself, or
    run again, it makes one: the row is locked, and its wish is gone with the first.
    """
    refused = _waiting().select_for_update(of=("self",)).filter(pk=invoice_id).first()
    if refused is None:
        return None
    payable = lock_payable(refused.payable)
    channel = next_channel(refused, email=email_of(payable))
    refused.renew_when_cancelled = False
    if channel is None or payable.amount_due <= 0:
        refused.save(update_fields=["renew_when_cancelled"])
        return None
    refused.cancel_reason = Invoice.CancelReason.CHANNEL_REFUSED
    refused.save(update_fields=["renew_when_cancelled", "cancel_reason"])
    mark_cancelled(refused, actor="system", now=now)
    return renew_invoice(payable=payable, actor="system", now=now, channel=channel)


def next_channel(refused: Invoice, *, email: str) -> Channel | None:
    """Never back up the order, and no e-mail without an address; None after the last, or if the merchant wants none."""
    if not refused.merchant.falls_back:
        return None
    rest = _ORDER[_ORDER.index(Channel(refused.channel)) + 1 :]
    return next((channel for channel in rest if channel != Channel.EMAIL or email.strip()), None)


def fall_back_refused(*, now: datetime, limit: int = 200) -> int:
    """The refused invoices whose process died before their fallback; how many got a successor."""
    waiting = list(_waiting().values_list("pk", flat=True)[:limit])
    return sum(try_to_fall_back(invoice_id=invoice_id, now=now) for invoice_id in waiting)


def try_to_fall_back(*, invoice_id: int, now: datetime) -> bool:
    """Whether a successor was made. What fails is logged, and the sweep tries again."""
    try:
        return fall_back(invoice_id=invoice_id, now=now) is not None
    except Exception:  # one invoice's trouble is not another's
        logger.exception("invoice %s: no other channel could be tried", invoice_id)
        return False


def _waiting() -> QuerySet[Invoice]:
    return (
        Invoice.objects.live()
        .filter(delivery=Invoice.Delivery.REJECTED, renew_when_cancelled=True, cancel_requested_at=None)
        .select_related("merchant", "bill", "installment")
    )
