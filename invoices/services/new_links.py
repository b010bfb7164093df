"""A customer whose link has died asks for a new one, from our own page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Bill, Channel, Event
from billing.services.channel_choices import Choice
from billing.services.events import Line, record_lines
from invoices.models import Invoice
from invoices.services.cancelling import request_cancel
from invoices.services.issuing import LiveInvoiceExists, renew_invoice
from invoices.services.payables import Payable, document_of, invoices_of, lock_payable
from invoices.services.pushing.brake import messages_today
from invoices.services.pushing.quiet_hours import quiet_times_of

COOLDOWN: Final = timedelta(minutes=10)
MOST_A_DAY: Final = 3
_ASKED: Final = "new_link_asked"


class NewLinkNotPossible(DomainError):
    code = "NEW_LINK_NOT_POSSIBLE"
    message = gettext_noop("There can be no new link for this now. Please ask the merchant.")


class NewLinkTooSoon(DomainError):
    """`possible_at` says from when on it can be asked for."""

    code = "NEW_LINK_TOO_SOON"
    message = gettext_noop("A new link was sent a short while ago. Please wait before you ask for another.")

    def __init__(self, *, possible_at: datetime) -> None:
        super().__init__()
        self.possible_at = possible_at


def can_ask_for_new_link(payable: Payable, last: Invoice | None, *, now: datetime) -> bool:
    """
    Whether the page may offer it: something is owed and the last link is dead, other than by the merchant's own will.

    :param last: the payable's last invoice
    """
    if last is None or payable.amount_due <= 0 or not payable.merchant.is_active:
        return False
    if last.status == Invoice.Status.OPEN:
        return is_past_its_day(last, now=now) and last.cancel_requested_at is None
    is_taken_back = last.status == Invoice.Status.CANCELLED and last.cancel_reason == Invoice.CancelReason.BY_STAFF
    return not is_taken_back and not last.renew_when_cancelled


def is_past_its_day(invoice: Invoice, *, now: datetime) -> bool:
    """By the merchant's own calendar, as the page tells it; the gateway may take a day longer (`expiry`)."""
    return invoice.expires_on < invoice.merchant.local_date(now)


@transaction.atomic
def send_new_link(*, payable: Payable, now: datetime) -> Invoice:
    """
    Renew what the customer was asked for, to the phone on file.

    An invoice past its day that the gateway may still hold is cancelled there first, and the sweep makes its
    successor; any other gets it here. In the merchant's quiet time, and where the customer has had the messages of
    the day, the new link comes without a message: the page that was asked leads to it.

    :returns: the new invoice, or the one that is about to be followed
    :raises LiveInvoiceExists: it can be paid already, as the page shows when it is opened again
    :raises NewLinkNotPossible: :raises NewLinkTooSoon:
    """
    last = _lock_last_invoice(payable)
    payable = lock_payable(payable)
    if last is not None and last.status == Invoice.Status.OPEN and not is_past_its_day(last, now=now):
        raise LiveInvoiceExists
    if last is None or not can_ask_for_new_link(payable, last, now=now):
        raise NewLinkNotPossible
    _check_patience(payable, now=now)
    channel = _channel(payable, now=now)
    invoice = _replace(last, channel, now) if last.status == Invoice.Status.OPEN else _renew(payable, channel, now)
    _record(payable, now=now)
    return invoice


def _lock_last_invoice(payable: Payable) -> Invoice | None:
    """Before the payable, as everywhere; one that follows it meanwhile is live, and `renew_invoice` looks again."""
    invoices = invoices_of(payable).select_for_update(of=("self",)).select_related("merchant")
    return invoices.order_by("-issue_no").first()


def _replace(last: Invoice, channel: Choice, now: datetime) -> Invoice:
    last.next_channel = channel
    last.save(update_fields=["next_channel"])
    request_cancel(last, reason=Invoice.CancelReason.REPLACED, renew=True, actor="customer", now=now)
    return last


def _renew(payable: Payable, channel: Choice, now: datetime) -> Invoice:
    return renew_invoice(payable=payable, actor="customer", now=now, channel=channel)


def _channel(payable: Payable, *, now: datetime) -> Choice:
    """Empty where a message may go out: then whatever was chosen for the document."""
    merchant, customer_id = payable.merchant, document_of(payable).customer_id
    limit = merchant.messages_per_day
    is_enough = bool(limit) and messages_today(merchant, [customer_id], now)[customer_id] >= limit
    return Channel.LINK if is_enough or quiet_times_of(merchant).are_on(now) else ""


def _check_patience(payable: Payable, *, now: datetime) -> None:
    """:raises NewLinkTooSoon:"""
    asked = _asked(payable, since=payable.merchant.day_began(now))
    if len(asked) >= MOST_A_DAY:
        raise NewLinkTooSoon(possible_at=payable.merchant.day_began(now + timedelta(days=1)))
    recent = _asked(payable, since=now - COOLDOWN)
    if recent:
        raise NewLinkTooSoon(possible_at=max(recent) + COOLDOWN)


def _asked(payable: Payable, *, since: datetime) -> list[datetime]:
    events = Event.objects.filter(
        merchant_id=payable.merchant_id, subject=_kind_of(payable), subject_id=payable.pk, name=_ASKED
    )
    return list(events.filter(occurred_at__gt=since).values_list("occurred_at", flat=True))


def _record(payable: Payable, *, now: datetime) -> None:
    """By the caller's clock, for it is measured with it again."""
    line = Line(payable.merchant_id, payable.pk)
    record_lines([line], subject=_kind_of(payable), name=_ASKED, actor="customer", now=now)


def _kind_of(payable: Payable) -> Event.Subject:
    return Event.Subject.BILL if isinstance(payable, Bill) else Event.Subject.INSTALLMENT
