"""Messages that were stopped after their invoices were issued: the invoices go out as bare links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from billing.models import Channel, Event
from billing.services.events import Line, record_lines
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
    lines = [Line(each.merchant_id, each.id) for each in due if each.id in stopped]
    record_lines(lines, subject=Event.Subject.INVOICE, name="message_stopped", actor="system", now=now)
    return [each._replace(channel=Channel.LINK) if each.id in stopped else each for each in due]
