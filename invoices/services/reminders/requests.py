"""Reminders that people have a hand in: asked for by staff, or sent by them through WhatsApp."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from invoices.models import Invoice, Reminder, ReminderChannel
from invoices.services.payables import Payable, invoices_of
from invoices.services.reminders.plans import Plan, history_of
from invoices.services.reminders.rows import lock_for_reminder, others_today, record_reminder_event, write_reminder
from invoices.services.reminders.rules import (
    NoInvoiceOut,
    NothingToRemindOf,
    QuietNow,
    RemindedToday,
    check_is_owed,
    check_may_be_reminded,
    is_link_dead,
)

Status = Reminder.Status

DAY_PASSED = gettext_noop("Its day passed before it could be sent.")


class RemindersUsedUp(DomainError):
    code = "REMINDERS_USED_UP"
    message = gettext_noop("This has been reminded of as often as the merchant allows. Call the customer instead.")


class NotToBeSent(DomainError):
    code = "NOT_TO_BE_SENT"
    message = gettext_noop("This reminder is not waiting to be sent any more.")


def ask_for_reminder(*, payable: Payable, channel: ReminderChannel, plan: Plan, actor: str, now: datetime) -> Reminder:
    """
    Staff want this reminded of today, whatever the plan's days: it is TO_DO, for a worker or for staff by WhatsApp.

    :raises RemindersUsedUp: :raises QuietNow: and what `check_may_be_reminded` raises
    """
    try:
        return _ask(payable, channel, plan, actor, now)
    except IntegrityError as taken:
        raise RemindedToday from taken


@transaction.atomic
def claim_asked_reminder(*, reminder_id: int, now: datetime) -> Reminder:
    """
    Take up a reminder that staff asked for, unless what it is about was settled meanwhile: then it is NOT_SENT.

    :raises NotToBeSent: another worker has it, or it is void
    """
    invoice, payable = lock_for_reminder(Reminder.objects.values_list("invoice_id", flat=True).get(pk=reminder_id))
    reminder = Reminder.objects.select_for_update().get(pk=reminder_id)
    if reminder.status != Status.TO_DO or reminder.channel == ReminderChannel.WHATSAPP:
        raise NotToBeSent
    today = invoice.merchant.local_date(now)
    reason = DAY_PASSED if reminder.on_date != today else _why_not_owed(invoice, payable, today)
    reminder.status = Status.NOT_SENT if reason else Status.CLAIMED
    reminder.detail, reminder.claimed_at, reminder.finished_at = reason, now, now if reason else None
    reminder.save(update_fields=["status", "detail", "claimed_at", "finished_at"])
    return reminder


@transaction.atomic
def confirm_sent_by_staff(*, merchant_id: int, reminder_id: int, actor: str, now: datetime) -> Reminder:
    """
    Somebody has sent a reminder by WhatsApp. It counts for the day on which that was.

    :raises NotToBeSent: :raises RemindedToday: and what `check_is_owed` raises
    """
    found = Reminder.objects.get(merchant_id=merchant_id, pk=reminder_id)
    invoice, payable = lock_for_reminder(found.invoice_id)
    reminder = Reminder.objects.select_for_update().get(pk=found.pk)
    if not reminder.waits_for_staff:
        raise NotToBeSent
    today = invoice.merchant.local_date(now)
    check_is_owed(invoice, payable, today=today)
    if others_today(reminder, today=today):
        raise RemindedToday
    reminder.status, reminder.on_date, reminder.finished_at = Status.SENT, today, now
    reminder.save(update_fields=["status", "on_date", "finished_at"])
    record_reminder_event(reminder, "reminded", actor=actor)
    return reminder


@transaction.atomic
def _ask(payable: Payable, channel: ReminderChannel, plan: Plan, actor: str, now: datetime) -> Reminder:
    live_id = invoices_of(payable).live().values_list("pk", flat=True).first()
    if live_id is None:
        raise NoInvoiceOut if payable.amount_due > 0 else NothingToRemindOf
    invoice, payable = lock_for_reminder(live_id)
    today = invoice.merchant.local_date(now)
    if plan.quiet_times.are_on(now):
        raise QuietNow
    check_may_be_reminded(invoice, payable, today=today, now=now)
    if is_link_dead(invoice):
        raise NoInvoiceOut
    if history_of(payable).count >= plan.at_most:
        raise RemindersUsedUp
    days = (today - payable.due_date).days
    reminder = write_reminder(invoice, payable, days=days, channel=channel, status=Status.TO_DO, today=today, now=now)
    record_reminder_event(reminder, "reminder_asked", actor=actor)
    return reminder


def _why_not_owed(invoice: Invoice, payable: Payable, today: date) -> str:
    try:
        check_is_owed(invoice, payable, today=today)
    except DomainError as refusal:
        return refusal.message
    return ""
