"""The rows of reminders: written under the locks of what they are about, before anything is sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext_noop

from billing.models import Bill
from billing.services.wrong_recipients import MessagesStopped
from invoices.models import Invoice, Reminder, ReminderChannel
from invoices.services.invoice_events import record_invoice_event
from invoices.services.payables import Payable, lock_payable, payable_filter

Status = Reminder.Status
# Far longer than any call: all that waiting costs is how long "being sent" is shown.
CLAIM_LASTS: Final = timedelta(minutes=10)

DIED = gettext_noop("The sending process ended before it was known whether this was sent.")
FOLLOWED = gettext_noop("Nobody sent it before the next reminder was due.")
NO_LONGER_OWED = gettext_noop("It was paid, cancelled or replaced before anybody sent this.")


def lock_for_reminder(invoice_id: int) -> tuple[Invoice, Payable]:
    """The invoice and what it asks for, locked in the order of everywhere."""
    invoice = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("merchant", "customer", "bill", "installment")
        .get(pk=invoice_id)
    )
    return invoice, lock_payable(invoice.payable)


def write_reminder(
    invoice: Invoice,
    payable: Payable,
    *,
    days: int,
    channel: ReminderChannel,
    status: Reminder.Status,
    today: date,
    now: datetime,
    detail: str = "",
) -> Reminder:
    """One reminder; whatever of this document still waited for somebody to send it is void."""
    waiting = Reminder.objects.filter(**payable_filter(payable), status=Status.TO_DO)
    waiting.update(status=Status.NOT_SENT, detail=FOLLOWED, finished_at=now)
    return Reminder.objects.create(
        merchant=invoice.merchant,
        customer=invoice.customer,
        bill=payable if isinstance(payable, Bill) else None,
        installment=None if isinstance(payable, Bill) else payable,
        invoice=invoice,
        days=days,
        channel=channel,
        on_date=today,
        status=status,
        detail=detail,
        claimed_at=now,
        finished_at=now if detail else None,
    )


def record_reminder_event(reminder: Reminder, name: str, *, actor: str) -> None:
    """In the timeline of the invoice it is about, with the way it goes."""
    channel = reminder.invoice.channel if reminder.channel == ReminderChannel.GATEWAY else reminder.channel
    record_invoice_event(reminder.invoice, name, actor=actor, channel=channel)


def others_today(reminder: Reminder, *, today: date) -> bool:
    """Whether the customer has had another reminder today."""
    others = Reminder.objects.filter(merchant=reminder.merchant_id, customer=reminder.customer_id, on_date=today)
    return others.exclude(pk=reminder.pk).exists()


def release_dead_claims(*, now: datetime) -> int:
    """What was being sent when its process died may have arrived: UNKNOWN, and never sent again."""
    dead = Reminder.objects.filter(status=Status.CLAIMED, claimed_at__lte=now - CLAIM_LASTS)
    return dead.update(status=Status.UNKNOWN, detail=DIED, finished_at=now)


def drop_settled(*, now: datetime) -> int:
    """Take back what waits for staff though it was paid, cancelled or replaced meanwhile, or messages were stopped."""
    waiting = Reminder.objects.filter(status=Status.TO_DO)
    settled = waiting.exclude(invoice__status=Invoice.Status.OPEN)
    count = settled.update(status=Status.NOT_SENT, detail=NO_LONGER_OWED, finished_at=now)
    stopped = waiting.filter(customer__messages_stopped_at__isnull=False)
    return count + stopped.update(status=Status.NOT_SENT, detail=MessagesStopped.message, finished_at=now)
