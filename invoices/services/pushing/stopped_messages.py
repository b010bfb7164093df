"""Messages that were stopped after their invoices were issued: the invoices go out as bare links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from billing.models import Channel, Event
from invoices.models import Invoice
from invoices.services.pushing.due_invoices import MESSAGING, DueInvoice


def without_stopped_messages(due: Sequence[DueInvoice], *, now: datetime) -> list[DueInvoice]:
    """
    The same locked invoices, those to customers whose messages are stopped by LINK.

    At the last moment before they are called, so whatever brought an invoice here (issuing, a retry, an empty look,
    staff) sends nothing. One whose call has begun cannot be taken back.
    """
    stopped = {each.id for each in due if each.messages_stopped_at is not None and each.channel in MESSAGING}
    if not stopped:
        return list(due)
    Invoice.objects.filter(pk__in=stopped).update(channel=Channel.LINK)
    Event.objects.bulk_create(_told(each, now) for each in due if each.id in stopped)
    return [each._replace(channel=Channel.LINK) if each.id in stopped else each for each in due]


def _told(invoice: DueInvoice, now: datetime) -> Event:
    return Event(
        merchant_id=invoice.merchant_id,
        subject=Event.Subject.INVOICE,
        subject_id=invoice.id,
        name="message_stopped",
        actor="system",
        occurred_at=now,
    )
