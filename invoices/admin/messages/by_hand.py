"""Messages that staff send from their own WhatsApp or mail program, which opens with the text filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.page_actions import Doer, PageAction
from billing.admin.roles import Right
from billing.clock import database_now
from invoices.admin.messages.preview import show_message
from invoices.messages.values import language_of
from invoices.models import Invoice, MessageTemplate, Payment, Reminder
from invoices.services.messages_by_hand import (
    invoice_by_hand,
    open_invoice,
    open_receipt,
    open_reminder,
    receipt_by_hand,
    reminder_by_hand,
)

Use = MessageTemplate.Use


class _ByWhatsApp(PageAction):
    name = "whatsapp"
    title = _("Write by WhatsApp")
    right = Right.SEND
    icon = "chat"
    confirm = _("Open WhatsApp")
    opens_elsewhere = True


class InvoiceByWhatsApp(_ByWhatsApp):
    def is_offered(self, row: Invoice) -> bool:
        return row.status == Invoice.Status.OPEN and row.customer.messages_stopped_at is None

    def shown(self, row: Invoice) -> SafeString:
        by_hand = invoice_by_hand(row, use=Use.INVOICE_WHATSAPP, now=database_now())
        return show_message(Use.INVOICE_WHATSAPP, by_hand.message, language=language_of(row.customer, row.merchant))

    def run(self, row: Invoice, *, values: Mapping[str, Any], doer: Doer) -> str:
        return open_invoice(row, use=Use.INVOICE_WHATSAPP, actor=doer.actor, now=doer.now)


class InvoiceByMail(PageAction):
    name = "mail"
    title = _("Write by e-mail")
    right = Right.SEND
    icon = "mail"
    confirm = _("Open the mail program")
    opens_elsewhere = True
    is_rare = True

    def is_offered(self, row: Invoice) -> bool:
        has_address = bool(row.customer_email or row.customer.email)
        return row.status == Invoice.Status.OPEN and has_address and row.customer.messages_stopped_at is None

    def shown(self, row: Invoice) -> SafeString:
        by_hand = invoice_by_hand(row, use=Use.INVOICE_EMAIL, now=database_now())
        return show_message(Use.INVOICE_EMAIL, by_hand.message, language=language_of(row.customer, row.merchant))

    def run(self, row: Invoice, *, values: Mapping[str, Any], doer: Doer) -> str:
        return open_invoice(row, use=Use.INVOICE_EMAIL, actor=doer.actor, now=doer.now)


class ReminderByWhatsApp(_ByWhatsApp):
    """Offered while it is owed, and not on a day on which the customer has had another."""

    def is_offered(self, row: Reminder) -> bool:
        is_stopped = row.customer.messages_stopped_at is not None
        return is_owed_by_hand(row) and not is_stopped and not getattr(row, "had_another_today", False)

    def shown(self, row: Reminder) -> SafeString:
        return reminder_shown(row)

    def run(self, row: Reminder, *, values: Mapping[str, Any], doer: Doer) -> str:
        return open_reminder(row, actor=doer.actor, now=doer.now)


class ReceiptByWhatsApp(_ByWhatsApp):
    title = _("Receipt by WhatsApp")

    def is_offered(self, row: Payment) -> bool:
        return row.customer.messages_stopped_at is None

    def shown(self, row: Payment) -> SafeString:
        message = receipt_by_hand(row).message
        return show_message(Use.RECEIPT_WHATSAPP, message, language=language_of(row.customer, row.merchant))

    def run(self, row: Payment, *, values: Mapping[str, Any], doer: Doer) -> str:
        return open_receipt(row, actor=doer.actor)


def is_owed_by_hand(reminder: Reminder) -> bool:
    """Whether it waits for staff, and there is still something to remind of."""
    payable = reminder.bill or reminder.installment
    is_owed = payable is not None and payable.amount_due > 0 and reminder.invoice.status == Invoice.Status.OPEN
    return reminder.waits_for_staff and is_owed


def reminder_shown(reminder: Reminder) -> SafeString:
    """What WhatsApp is opened with."""
    message = reminder_by_hand(reminder, now=database_now()).message
    language = language_of(reminder.invoice.customer, reminder.invoice.merchant)
    return show_message(Use.REMINDER_WHATSAPP, message, language=language)
