"""
Claiming what the plan has for today: written down, under the locks of what it is about, before anything is sent.

A claim whose process died is UNKNOWN after a while and never sent again: the customer may have had it.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from invoices.models import Invoice, Reminder, ReminderChannel
from invoices.services.payables import Payable
from invoices.services.reminders.plans import Plan, history_of, with_message_on
from invoices.services.reminders.rows import lock_for_reminder, write_reminder
from invoices.services.reminders.rules import RemindedToday, check_may_be_reminded, is_link_dead
from invoices.services.successors import EnoughForToday, follow_by_itself, hold_back

Status = Reminder.Status

NEW_LINK = gettext_noop("The link had expired: a new one goes out instead.")
NEW_LINK_UNSENT = gettext_noop("The link had expired. A new one was made, but its channel sends no message.")


class NotDueToday(DomainError):
    code = "NOT_DUE_TODAY"
    message = gettext_noop("The plan has no reminder of this today.")


def claim_due_reminder(*, invoice_id: int, plan: Plan, now: datetime) -> Reminder:
    """
    Write down the reminder that the plan has today for what this invoice asks for.

    Payment, cancellation and the day are looked at again under the locks. One for staff is TO_DO; where the link has
    expired the invoice is renewed in the same transaction, whose own message is the reminder; NOT_SENT where the brake
    holds that back. Otherwise it is CLAIMED: to be sent by the caller, at once.

    :raises DomainError: there is nothing to send today; nothing was written
    """
    try:
        return _claim_due(invoice_id, plan, now)
    except IntegrityError as taken:  # reminder_is_one_a_day_per_customer: another worker's, for another document
        raise RemindedToday from taken


@transaction.atomic
def _claim_due(invoice_id: int, plan: Plan, now: datetime) -> Reminder:
    invoice, payable = lock_for_reminder(invoice_id)
    today = invoice.merchant.local_date(now)
    check_may_be_reminded(invoice, payable, today=today, now=now)
    asked_on = invoice.merchant.local_date(invoice.sent_at) if invoice.sent_at else today
    coming = plan.coming(payable, history=with_message_on(history_of(payable), asked_on), not_before=today)
    if not coming or coming[0].on_date != today:
        raise NotDueToday
    if is_link_dead(invoice):
        return _renew(invoice, payable, days=coming[0].days, today=today, now=now)
    channel = ReminderChannel(coming[0].channel)
    status = Status.TO_DO if channel == ReminderChannel.WHATSAPP else Status.CLAIMED
    return write_reminder(invoice, payable, days=coming[0].days, channel=channel, status=status, today=today, now=now)


def _renew(invoice: Invoice, payable: Payable, *, days: int, today: date, now: datetime) -> Reminder:
    """:raises LiveInvoiceExists: somebody has renewed it already"""
    gateway = ReminderChannel.GATEWAY
    try:
        successor = follow_by_itself(payable=payable, now=now)
    except EnoughForToday as brake:
        hold_back(invoice, now=now)
        why = brake.message
        return write_reminder(
            invoice, payable, days=days, channel=gateway, status=Status.NOT_SENT, detail=why, today=today, now=now
        )
    is_silent = successor.channel == "LINK"
    status, detail = (Status.NOT_SENT, NEW_LINK_UNSENT) if is_silent else (Status.SENT, NEW_LINK)
    return write_reminder(
        successor,
        payable,
        days=days,
        channel=gateway,
        status=status,
        detail=detail,
        today=today,
        now=now,
    )
