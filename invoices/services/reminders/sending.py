"""Sending a claimed reminder: outside every transaction, once, and then written down."""

from __future__ import annotations

import logging
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils.translation import gettext_noop

from billing.clock import database_now
from billing.errors import DomainError
from billing.fields import UnreadableSecret
from invoices.gateway.errors import CredentialsRefused, OutcomeUnknown, Throttled, Unavailable
from invoices.models import Reminder, ReminderChannel
from invoices.policy import GatewayPolicy
from invoices.services import accounts
from invoices.services.decisions import ResendFailed, resend_invoice
from invoices.services.reminders.rows import record_reminder
from invoices.services.reminders.texts import reminder_text

logger = logging.getLogger(__name__)

Status = Reminder.Status

NO_ADDRESS = gettext_noop("The customer has no e-mail address. Enter one, or remind by another channel.")
NO_MESSAGE = gettext_noop("This invoice goes by link, which the gateway does not send. Remind by another channel.")
KEYS_UNREADABLE = gettext_noop("The gateway account's keys cannot be read. Enter them again.")
MAIL_SERVER_DOWN = gettext_noop("The mail server could not be reached.")
ADDRESS_REFUSED = gettext_noop("The mail server refused the message or its address.")
MAIL_DOUBTFUL = gettext_noop("The connection to the mail server broke while it was being sent.")

_EVENTS: Final = {Status.SENT: "reminded", Status.NOT_SENT: "reminder_not_sent", Status.UNKNOWN: "reminder_unknown"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`is_down` where the fault is not this message's: the next one would fail alike."""

    status: Reminder.Status
    detail: str = ""
    is_down: bool = False


def send_reminder(reminder: Reminder, *, policy: GatewayPolicy) -> Outcome:
    """Send what was claimed and write down what became of it."""
    outcome = _through_gateway(reminder, policy) if reminder.channel == ReminderChannel.GATEWAY else _by_mail(reminder)
    record_reminder_outcome(reminder, outcome, now=database_now())
    return outcome


@transaction.atomic
def record_reminder_outcome(reminder: Reminder, outcome: Outcome, *, now: datetime) -> None:
    """Also where the claim has meanwhile been given up as UNKNOWN: this is what is known after all."""
    undecided = Reminder.objects.filter(pk=reminder.pk, status__in=[Status.CLAIMED, Status.UNKNOWN])
    if undecided.update(status=outcome.status, detail=outcome.detail[:500], finished_at=now):
        record_reminder(reminder, _EVENTS[outcome.status], actor="system")


def _through_gateway(reminder: Reminder, policy: GatewayPolicy) -> Outcome:
    invoice = reminder.invoice
    assert invoice.gateway_account_id is not None  # invoice_sent_has_an_account_and_a_time
    if invoice.channel == "LINK":
        return Outcome(status=Status.NOT_SENT, detail=NO_MESSAGE)
    try:
        resend_invoice(merchant_id=invoice.merchant_id, invoice_id=invoice.pk, actor="system", now=reminder.claimed_at)
    except ResendFailed as failure:
        return _failed(invoice.gateway_account_id, failure, policy)
    except UnreadableSecret:
        return Outcome(status=Status.NOT_SENT, detail=KEYS_UNREADABLE, is_down=True)
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
    message = _message(reminder)
    if message is None:
        return Outcome(status=Status.NOT_SENT, detail=NO_ADDRESS)
    connection = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as failure:
        logger.warning("the mail server cannot be reached: %s", type(failure).__name__)
        return Outcome(status=Status.NOT_SENT, detail=MAIL_SERVER_DOWN, is_down=True)
    try:
        connection.send_messages([message])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        return Outcome(status=Status.NOT_SENT, detail=ADDRESS_REFUSED)
    except (smtplib.SMTPException, OSError):
        return Outcome(status=Status.UNKNOWN, detail=MAIL_DOUBTFUL, is_down=True)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.close()
    return Outcome(status=Status.SENT)


def _message(reminder: Reminder) -> EmailMessage | None:
    invoice = reminder.invoice
    address = invoice.customer_email or invoice.customer.email
    if not address:
        return None
    text = reminder_text(invoice, is_overdue=reminder.on_date > invoice.due_date)
    name = invoice.merchant.name_in(invoice.customer.language or invoice.merchant.language)
    sender = formataddr((" ".join(name.split()), settings.DEFAULT_FROM_EMAIL))
    return EmailMessage(subject=text.subject, body=text.body, from_email=sender, to=[address])
