"""Sending a claimed reminder: outside every transaction, once, and then written down."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.clock import database_now
from billing.errors import DomainError
from billing.services.wrong_recipients import MessagesStopped, check_messages_go_on
from invoices.gateway.errors import CredentialsRefused, Rejected
from invoices.messages.texts import invoice_text
from invoices.messages.values import language_of
from invoices.models import MessageTemplate, Reminder, ReminderChannel
from invoices.policy import GatewayPolicy
from invoices.services.awaited_calls import AccountIsParked, GatewayLeftAlone
from invoices.services.gateways import KeysUnreadable
from invoices.services.mailing import post
from invoices.services.message_templates import wordings_of
from invoices.services.reminders.rows import record_reminder_event
from invoices.services.resending import ResendFailed, ResendUnknown, resend_invoice

logger = logging.getLogger(__name__)

Status = Reminder.Status
Use = MessageTemplate.Use

NO_MESSAGE = gettext_noop("This invoice goes by link, which the gateway does not send. Remind by another channel.")

_EVENTS: Final = {Status.SENT: "reminded", Status.NOT_SENT: "reminder_not_sent", Status.UNKNOWN: "reminder_unknown"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`is_down` where the fault is not this message's: the next one would fail alike."""

    status: Reminder.Status
    detail: str = ""
    is_down: bool = False


def send_reminder(reminder: Reminder, *, policy: GatewayPolicy) -> Outcome:
    """Send what was claimed and write down what became of it."""
    try:
        check_messages_go_on(customer_id=reminder.customer_id)  # they may have been stopped since it was claimed
    except MessagesStopped as refusal:
        outcome = Outcome(status=Status.NOT_SENT, detail=refusal.message)
    else:
        outcome = _send(reminder, policy)
    record_reminder_outcome(reminder, outcome, now=database_now())
    return outcome


@transaction.atomic
def record_reminder_outcome(reminder: Reminder, outcome: Outcome, *, now: datetime) -> None:
    """Also where the claim has meanwhile been given up as UNKNOWN: this is what is known after all."""
    undecided = Reminder.objects.filter(pk=reminder.pk, status__in=[Status.CLAIMED, Status.UNKNOWN])
    if undecided.update(status=outcome.status, detail=outcome.detail[:500], finished_at=now):
        record_reminder_event(reminder, _EVENTS[outcome.status], actor="system")


def _send(reminder: Reminder, policy: GatewayPolicy) -> Outcome:
    return _through_gateway(reminder, policy) if reminder.channel == ReminderChannel.GATEWAY else _by_mail(reminder)


def _through_gateway(reminder: Reminder, policy: GatewayPolicy) -> Outcome:
    invoice = reminder.invoice
    if invoice.channel == "LINK":
        return Outcome(status=Status.NOT_SENT, detail=NO_MESSAGE)
    try:
        resend_invoice(
            merchant_id=invoice.merchant_id,
            invoice_id=invoice.pk,
            actor="system",
            policy=policy,
            now=reminder.claimed_at,
        )
    except ResendUnknown as doubt:
        return Outcome(status=Status.UNKNOWN, detail=str(doubt.details["reason"]), is_down=True)
    except ResendFailed as failure:
        is_down = not _is_about_this_message(failure)
        return Outcome(status=Status.NOT_SENT, detail=str(failure.details["reason"]), is_down=is_down)
    except (KeysUnreadable, AccountIsParked, GatewayLeftAlone) as refusal:
        return Outcome(status=Status.NOT_SENT, detail=refusal.message, is_down=True)
    except DomainError as refusal:
        return Outcome(status=Status.NOT_SENT, detail=refusal.message)
    return Outcome(status=Status.SENT)


def _is_about_this_message(failure: ResendFailed) -> bool:
    return isinstance(failure.__cause__, Rejected) and not isinstance(failure.__cause__, CredentialsRefused)


def _by_mail(reminder: Reminder) -> Outcome:
    invoice = reminder.invoice
    is_overdue = reminder.on_date > invoice.due_date
    message = invoice_text(
        invoice, use=Use.REMINDER_EMAIL, is_overdue=is_overdue, wordings=wordings_of(invoice.merchant)
    )
    sender = invoice.merchant.name_in(language_of(invoice.customer, invoice.merchant))
    posted = post(message, to=invoice.customer_email or invoice.customer.email, sender=sender)
    return Outcome(status=Status(posted.status), detail=posted.detail, is_down=posted.is_down)
