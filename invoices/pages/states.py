"""Which of its states a payment page is in."""

from __future__ import annotations

import enum
from datetime import date

from invoices.models import Invoice
from invoices.services.payables import Payable, was_given_back

Delivery = Invoice.Delivery


class State(enum.Enum):
    """PAYABLE are the ones with a pay button."""

    OWED = "owed"
    OVERDUE = "overdue"
    PARTLY_PAID = "partly-paid"
    UPCOMING = "upcoming"
    PREPARING = "preparing"
    PROCESSING = "processing"
    PAID = "paid"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    UNAVAILABLE = "unavailable"

    @property
    def is_payable(self) -> bool:
        return self in (State.OWED, State.OVERDUE, State.PARTLY_PAID)

    @property
    def is_settled(self) -> bool:
        return self in (State.PAID, State.REFUNDED, State.CANCELLED)


def decide_state(
    payable: Payable,
    invoice: Invoice | None,
    *,
    today: date,
    is_being_checked: bool,
    has_safe_link: bool,
    is_gateway_down: bool,
) -> State:
    """
    :param invoice: the payable's last one
    :param today: the merchant's own day
    :param is_being_checked: a payment attempt's outcome is not yet known
    :param has_safe_link: whether the invoice's link may be followed
    :param is_gateway_down: the invoice's gateway is out of reach for a while
    """
    if payable.amount_due <= 0:
        return _settled(payable)
    if is_being_checked:
        return State.PROCESSING
    if not payable.merchant.is_active:
        return State.UNAVAILABLE
    if invoice is None:
        return State.UPCOMING if payable.status == "SCHEDULED" else State.PREPARING
    obstacle = _ended(invoice, today) or _not_yet_sent(invoice, payable)
    if is_gateway_down and obstacle in (None, State.PREPARING):
        return State.UNAVAILABLE
    if obstacle is None and not has_safe_link:
        return State.UNAVAILABLE
    return obstacle or _urgency(payable, today)


def _settled(payable: Payable) -> State:
    if was_given_back(payable):
        return State.REFUNDED
    return State.PAID if payable.status == "PAID" else State.CANCELLED


def _ended(invoice: Invoice, today: date) -> State | None:
    """Why the last invoice's link is dead, if it is; PREPARING where another follows by itself."""
    is_withdrawn = invoice.status == Invoice.Status.CANCELLED or invoice.cancel_requested_at is not None
    if is_withdrawn and invoice.renew_when_cancelled:
        return State.PREPARING
    if is_withdrawn or invoice.status == Invoice.Status.PAID:
        return State.WITHDRAWN
    is_expired = invoice.status == Invoice.Status.EXPIRED or invoice.expires_on < today
    return State.EXPIRED if is_expired else None


def _not_yet_sent(invoice: Invoice, payable: Payable) -> State | None:
    if invoice.delivery in (Delivery.REJECTED, Delivery.PARKED):
        return State.UNAVAILABLE
    asks_for_what_is_shown = invoice.amount == payable.amount_due
    return None if invoice.delivery == Delivery.SENT and asks_for_what_is_shown else State.PREPARING


def _urgency(payable: Payable, today: date) -> State:
    if payable.amount_paid > 0:
        return State.PARTLY_PAID
    return State.OVERDUE if payable.due_date < today else State.OWED
