"""
Messages that a person sends: from their own WhatsApp or mail program, opened with the text filled in.

Whether it was really sent only that person knows; that they opened it stands in the timeline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event
from billing.services import record_event
from billing.services.wrong_recipients import check_messages_go_on
from invoices.messages.contacts import whatsapp_to
from invoices.messages.rendering import Message
from invoices.messages.texts import invoice_text, mailto_url, receipt_text
from invoices.models import Invoice, MessageTemplate, Payment, Reminder
from invoices.services.message_templates import wordings_of
from invoices.services.receipt_emails.rows import NoEmailAddress
from invoices.services.receipts import number_receipt
from invoices.services.reminders.requests import NotToBeSent
from invoices.services.reminders.rows import others_today
from invoices.services.reminders.rules import RemindedToday, check_is_owed

Use = MessageTemplate.Use


class NothingToAskFor(DomainError):
    code = "NOTHING_TO_ASK_FOR"
    message = gettext_noop("This invoice is not open any more. Nobody needs to be asked to pay it.")


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """A message and the address that opens it; "" where the customer cannot be reached that way."""

    message: Message
    url: str


def invoice_by_hand(invoice: Invoice, *, use: Use, now: datetime) -> ByHand:
    """:param use: INVOICE_WHATSAPP or INVOICE_EMAIL"""
    is_overdue = invoice.merchant.local_date(now) > invoice.due_date
    message = invoice_text(invoice, use=use, is_overdue=is_overdue, wordings=wordings_of(invoice.merchant))
    if use == Use.INVOICE_WHATSAPP:
        return ByHand(message=message, url=whatsapp_to(invoice.customer.phone, text=message.body))
    address = invoice.customer_email or invoice.customer.email
    return ByHand(message=message, url=mailto_url(address, message) if address else "")


def reminder_by_hand(reminder: Reminder, *, now: datetime) -> ByHand:
    invoice = reminder.invoice
    is_overdue = invoice.merchant.local_date(now) > invoice.due_date
    wordings = wordings_of(invoice.merchant)
    message = invoice_text(invoice, use=Use.REMINDER_WHATSAPP, is_overdue=is_overdue, wordings=wordings)
    return ByHand(message=message, url=whatsapp_to(invoice.customer.phone, text=message.body))


def receipt_by_hand(payment: Payment) -> ByHand:
    """Without the number where the payment has none yet: whoever only looks takes none."""
    message = receipt_text(payment, use=Use.RECEIPT_WHATSAPP, wordings=wordings_of(payment.merchant))
    return ByHand(message=message, url=whatsapp_to(payment.customer.phone, text=message.body))


def open_invoice(invoice: Invoice, *, use: Use, actor: str, now: datetime) -> str:
    """
    The address that opens the message; noted.

    :raises NothingToAskFor: :raises MessagesStopped: :raises NoEmailAddress:
    """
    check_messages_go_on(customer_id=invoice.customer_id)
    if invoice.status != Invoice.Status.OPEN or invoice.payable.amount_due <= 0:
        raise NothingToAskFor
    url = invoice_by_hand(invoice, use=use, now=now).url
    if not url:
        raise NoEmailAddress
    _note(invoice.merchant_id, Event.Subject.INVOICE, invoice.pk, use, actor)
    return url


def open_reminder(reminder: Reminder, *, actor: str, now: datetime) -> str:
    """
    Only while it is owed, and not on a day on which the customer has had another.

    :raises NotToBeSent: :raises RemindedToday: and what `check_is_owed` raises
    """
    if not reminder.waits_for_staff:
        raise NotToBeSent
    invoice = reminder.invoice
    today = invoice.merchant.local_date(now)
    check_is_owed(invoice, invoice.payable, today=today)
    if others_today(reminder, today=today):
        raise RemindedToday
    _note(invoice.merchant_id, Event.Subject.INVOICE, invoice.pk, Use.REMINDER_WHATSAPP, actor)
    return reminder_by_hand(reminder, now=now).url


def open_receipt(payment: Payment, *, actor: str) -> str:
    """:raises MessagesStopped:"""
    check_messages_go_on(customer_id=payment.customer_id)
    _note(payment.merchant_id, Event.Subject.PAYMENT, payment.pk, Use.RECEIPT_WHATSAPP, actor)
    payment.receipt_no = payment.receipt_no or number_receipt(payment_id=payment.pk)
    return receipt_by_hand(payment).url


def _note(merchant_id: int, subject: Event.Subject, subject_id: int, use: Use, actor: str) -> None:
    record_event(
        merchant_id=merchant_id, subject=subject, subject_id=subject_id, name="message_opened", actor=actor, reason=use
    )
