"""Sending a claimed reminder: outside every transaction, once, and then written down."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.clock import database_now
from billing.errors import DomainError
from billing.services.wrong_recipients import MessagesStopped, check_messages_go_on
from invoices.gateway.errors import CredentialsRefused, OutcomeUnknown, Throttled, Unavailable
from invoices.messages.texts import invoice_text
from invoices.messages.values import language_of
from invoices.models import MessageTemplate, Reminder, ReminderChannel
from invoices.policy import GatewayPolicy
from invoices.services import accounts
from invoices.services.decisions import ResendFailed, resend_invoice
from invoices.services.gateways import KeysUnreadable
from invoices.services.mailing import post
from invoices.services.message_templates import wordings_of
from invoices.services.reminders.rows import record_reminder

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
        record_reminder(reminder, _EVENTS[outcome.status], actor="system")


def _send(reminder: Reminder, policy: GatewayPolicy) -> Outcome:
    return _through_gateway(reminder, policy) if reminder.channel == ReminderChannel.GATEWAY else _by_mail(reminder)


def _through_gateway(reminder: Reminder, policy: GatewayPolicy) -> Outcome:
    invoice = reminder.invoice
    assert invoice.gateway_account_id is not None  # invoice_sent_has_an_account_and_a_time
    if invoice.channel == "LINK":
        return Outcome(status=Status.NOT_SENT, detail=NO_MESSAGE)
    try:
        resend_invoice(merchant_id=invoice.merchant_id, invoice_id=invoice.pk, actor="system", now=reminder.claimed_at)
    except ResendFailed as failure:
        return _failed(invoice.gateway_account_id, failure, policy)
    except KeysUnreadable as refusal:
        return Outcome(status=Status.NOT_SENT, detail=refusal.message, is_down=True)
    except DomainError as refusal:
        return Outcome(status=Status.NOT_SENT, detail=refusal.message)
    accounts.note_answers([invoice.gateway_account_id], now=database_now())
    return Outcome(status=Status.SENT)


def _failed(account_id: int, failure: ResendFailed, policy: GatewayPolicy) -> Outcome:
    cause, now = failure.__cause__, database_now()
    if isinstance(cause, CredentialsRefused):
        accounts.park_account(account_id, reason=cause.reason, now=now)
    elif isinstance(cause, Throttled):
        accounts.pause_account(
            account_id, until=now + max(timedelta(seconds=cause.retry_after or 0), policy.retry_delay(0))
        )
    elif isinstance(cause, Unavailable | OutcomeUnknown):
        accounts.note_failures(account_id, policy=policy, now=now)
    return Outcome(
        status=Status.UNKNOWN if isinstance(cause, OutcomeUnknown) else Status.NOT_SENT,
        detail=str(failure.details["reason"]),
        is_down=isinstance(cause, Unavailable | OutcomeUnknown | CredentialsRefused),
    )


def _by_mail(reminder: Reminder) -> Outcome:
    invoice = reminder.invoice
    is_overdue = reminder.on_date > invoice.due_date
    message = invoice_text(
        invoice, use=Use.REMINDER_EMAIL, is_overdue=is_overdue, wordings=wordings_of(invoice.merchant)
    )
    sender = invoice.merchant.name_in(language_of(invoice.customer, invoice.merchant))
    posted = post(message, to=invoice.customer_email or invoice.customer.email, sender=sender)
    return Outcome(status=Status(posted.status), detail=posted.detail, is_down=posted.is_down)
