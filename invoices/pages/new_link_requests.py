"""A customer asks for a link: what is done about it, and what the page says then."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from billing.errors import DomainError
from billing.models import Channel
from invoices.models import Invoice, ReminderChannel
from invoices.pages.notices import Said, said_address
from invoices.services.issuing import LiveInvoiceExists
from invoices.services.new_links import NewLinkTooSoon, send_new_link
from invoices.services.payables import Payable
from invoices.services.reminders.plans import plan_of
from invoices.services.reminders.requests import ask_for_reminder
from invoices.services.reminders.rules import QuietNow, RemindedToday, TooManyMessages


def ask_for_new_link(request: HttpRequest, payable: Payable, *, now: datetime) -> str:
    """From the payable's own page: it leads to the new link too. Where the page goes on."""
    try:
        invoice = send_new_link(payable=payable, now=now)
    except NewLinkTooSoon as refusal:
        return said_address(request, Said.TOO_SOON, possible_at=refusal.possible_at)
    except LiveInvoiceExists:
        return said_address(request, Said.NEW_LINK_HERE)
    except DomainError:
        return said_address(request, Said.NO_NEW_LINK)
    return said_address(request, Said.NEW_LINK_HERE if _is_silent(invoice) else Said.NEW_LINK_SENT)


def ask_for_newer_link(request: HttpRequest, payable: Payable, *, now: datetime) -> str:
    """From a replaced link's page: a live invoice is sent once more, a dead one is renewed. Where the page goes on."""
    try:
        _send_what_there_is(payable, now=now)
    except NewLinkTooSoon as refusal:
        return said_address(request, Said.TOO_SOON, possible_at=refusal.possible_at)
    except (RemindedToday, TooManyMessages, QuietNow):
        return said_address(request, Said.SENT_TODAY)
    except DomainError:
        return said_address(request, Said.NO_NEW_LINK)
    return said_address(request, Said.NEW_LINK_SENT)


def _send_what_there_is(payable: Payable, *, now: datetime) -> None:
    """As a reminder, with its brakes: whoever holds an old link must not be able to trouble the phone on file."""
    try:
        send_new_link(payable=payable, now=now)
    except LiveInvoiceExists:
        plan = plan_of(payable.merchant)
        ask_for_reminder(payable=payable, channel=ReminderChannel.GATEWAY, plan=plan, actor="customer", now=now)


def _is_silent(invoice: Invoice) -> bool:
    return (invoice.next_channel or invoice.channel) == Channel.LINK
