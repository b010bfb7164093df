"""Whether a bill or installment may be reminded of at this moment: asked under its lock, for the plan and for staff."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.services.wrong_recipients import MessagesStopped
from invoices.models import GatewayAccount, GatewayCallback, Invoice, Reminder
from invoices.services.payables import Payable
from invoices.services.pushing.brake import messages_today


class NothingToRemindOf(DomainError):
    code = "NOTHING_TO_REMIND_OF"
    message = gettext_noop("Nothing is owed here any more, or the merchant is not active. Nobody needs reminding.")


class NoInvoiceOut(DomainError):
    code = "NO_INVOICE_OUT"
    message = gettext_noop(
        "The customer holds no valid link for exactly what is owed. Send a new link instead, or wait until it is out."
    )


class PaymentPromised(DomainError):
    code = "PAYMENT_PROMISED"
    message = gettext_noop("The customer has promised to pay by a day that has not passed. Wait, or take it out first.")


class PaymentBeingChecked(DomainError):
    code = "PAYMENT_BEING_CHECKED"
    message = gettext_noop("The customer has just been paying. Wait until the gateway says how that went.")


class RemindedToday(DomainError):
    code = "REMINDED_TODAY"
    message = gettext_noop("This customer has had a reminder today. Send the next one tomorrow at the earliest.")


class TooManyMessages(DomainError):
    code = "TOO_MANY_MESSAGES"
    message = gettext_noop("This customer has had as many messages today as the merchant allows. Try again tomorrow.")


class QuietNow(DomainError):
    code = "QUIET_NOW"
    message = gettext_noop("The merchant sends nothing at this hour or on this day. Try again after its quiet time.")


def check_may_be_reminded(invoice: Invoice, payable: Payable, *, today: date, now: datetime) -> None:
    """
    Of a locked invoice and what it asks for.

    :raises NothingToRemindOf: :raises MessagesStopped: :raises NoInvoiceOut: :raises PaymentPromised:
    :raises PaymentBeingChecked: :raises RemindedToday: :raises TooManyMessages:
    """
    check_is_owed(invoice, payable, today=today)
    if GatewayCallback.objects.filter(invoice=invoice, state=GatewayCallback.State.WAITING).exists():
        raise PaymentBeingChecked
    if Reminder.objects.filter(merchant=invoice.merchant, customer=invoice.customer_id, on_date=today).exists():
        raise RemindedToday
    limit = invoice.merchant.messages_per_day
    # An e-mail of ours is a reminder, and of those there is one a day in any case.
    if limit and messages_today(invoice.merchant, [invoice.customer_id], now)[invoice.customer_id] >= limit:
        raise TooManyMessages


def check_is_owed(invoice: Invoice, payable: Payable, *, today: date) -> None:
    """:raises NothingToRemindOf: :raises MessagesStopped: :raises NoInvoiceOut: :raises PaymentPromised:"""
    if payable.amount_due <= 0 or not invoice.merchant.is_active:
        raise NothingToRemindOf
    if invoice.customer.messages_stopped_at is not None:
        raise MessagesStopped
    if not is_link_dead(invoice) and not _is_payable(invoice, payable, today):
        raise NoInvoiceOut
    if payable.promised_until is not None and payable.promised_until >= today:
        raise PaymentPromised


def is_link_dead(invoice: Invoice) -> bool:
    """Expired, as the gateway has confirmed: a reminder of it has to be a new link."""
    return invoice.status == Invoice.Status.EXPIRED


def _is_payable(invoice: Invoice, payable: Payable, today: date) -> bool:
    """Whether its link leads to exactly what is owed; one that asks for something else is about to be replaced."""
    is_out = invoice.status == Invoice.Status.OPEN and invoice.delivery == Invoice.Delivery.SENT
    is_staying = invoice.cancel_requested_at is None and invoice.expires_on >= today
    return is_out and is_staying and invoice.amount == payable.amount_due


def can_call(account: GatewayAccount | None, *, now: datetime) -> bool:
    """Whether asking this account to send is worth it now; a reminder waits rather than fails."""
    if account is None or account.parked_at is not None:
        return False
    return all(until is None or until <= now for until in (account.paused_until, account.breaker_open_until))
