"""What keeps many messages from being sent again at once: who of them would be told too much, too late, or twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.fields import unreadable_secrets
from billing.models import Customer, Merchant
from billing.services.wrong_recipients import MessagesStopped
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice
from invoices.services.awaited_calls import AccountIsParked
from invoices.services.gateways import KeysUnreadable
from invoices.services.pushing.brake import messages_today
from invoices.services.pushing.quiet_hours import quiet_times_of
from invoices.services.reminders.rules import QuietNow, TooManyMessages

RESEND_COOLDOWN: Final = timedelta(minutes=2)
_NO_MESSAGE: Final = (DeliveryAttempt.Outcome.NOT_SENT, DeliveryAttempt.Outcome.REFUSED)


class ResentJustNow(DomainError):
    code = "RESENT_JUST_NOW"
    message = gettext_noop(
        "This invoice was sent again a moment ago. Give the customer two minutes before the next message."
    )


def check_limits(invoice: Invoice, now: datetime) -> None:
    """:raises QuietNow: :raises TooManyMessages:"""
    merchant = invoice.merchant
    if quiet_times_of(merchant).are_on(now):
        raise QuietNow
    if _beyond_limit(merchant, [invoice], now):
        raise TooManyMessages


def rehearse_resends(*, merchant: Merchant, invoices: Sequence[Invoice], now: datetime) -> dict[int, str]:
    """
    Why some of many would be refused, by their ids: what `resend_invoice` says of each, in a few statements for all.

    :param invoices: the merchant's, each open and sent; in the order in which they would be sent again
    """
    if quiet_times_of(merchant).are_on(now):
        return {invoice.pk: QuietNow.message for invoice in invoices}
    uncalled, stopped, just_now = _uncalled(invoices), _stopped(invoices), resent_just_now(invoices, now)
    reasons = dict.fromkeys(just_now, ResentJustNow.message)
    for invoice in invoices:
        if invoice.customer_id in stopped:
            reasons[invoice.pk] = MessagesStopped.message
        if invoice.gateway_account_id in uncalled:
            reasons[invoice.pk] = uncalled[invoice.gateway_account_id]
    left = [invoice for invoice in invoices if invoice.pk not in reasons]
    return reasons | dict.fromkeys(_beyond_limit(merchant, left, now), TooManyMessages.message)


def _uncalled(invoices: Sequence[Invoice]) -> dict[int | None, str]:
    """Accounts that are not called until a person has seen to them, and why."""
    accounts = GatewayAccount.objects.filter(pk__in={invoice.gateway_account_id for invoice in invoices})
    reasons: dict[int | None, str] = {each.pk: AccountIsParked.message for each in accounts if each.parked_at}
    return reasons | {each.pk: KeysUnreadable.message for each in accounts if unreadable_secrets(each)}


def _stopped(invoices: Sequence[Invoice]) -> set[int]:
    customers = Customer.objects.filter(pk__in={invoice.customer_id for invoice in invoices})
    return set(customers.filter(messages_stopped_at__isnull=False).values_list("pk", flat=True))


def resent_just_now(invoices: Iterable[Invoice], now: datetime) -> set[int]:
    resends = DeliveryAttempt.objects.filter(
        invoice__in=invoices, action=DeliveryAttempt.Action.RESEND, started_at__gt=now - RESEND_COOLDOWN
    )
    return set(resends.exclude(outcome__in=_NO_MESSAGE).values_list("invoice_id", flat=True))


def _beyond_limit(merchant: Merchant, invoices: Iterable[Invoice], now: datetime) -> list[int]:
    """Those that would be one message too many for their customer today, sent one after the other."""
    invoices = list(invoices)
    if not merchant.messages_per_day or not invoices:
        return []
    had = messages_today(merchant, {invoice.customer_id for invoice in invoices}, now)
    beyond = []
    for invoice in invoices:
        if had[invoice.customer_id] >= merchant.messages_per_day:
            beyond.append(invoice.pk)
        else:
            had[invoice.customer_id] += 1
    return beyond
