"""What is announced of bills."""

from __future__ import annotations

from typing import Any, Final

from billing.json_shapes import describe_bill
from billing.models import Bill, Event
from billing.money import as_json_number
from billing.webhooks.announcements import Announcement, add_announcer

_TYPES: Final = {
    "created": "bill.created",
    "settled": "bill.paid",
    "partly_settled": "bill.partly_paid",
    "bill_changed": "bill.changed",
    "cancelled": "bill.cancelled",
    "refunded": "bill.refunded",
}


def describe(bill: Bill) -> dict[str, Any]:
    """As the API answers, and what was paid of it."""
    money = {"paidAmount": as_json_number(bill.amount_paid), "refundedAmount": as_json_number(bill.amount_refunded)}
    return describe_bill(bill) | {"currency": bill.currency} | money


def register() -> None:
    add_announcer(Event.Subject.BILL, _announce)


def _announce(event: Event) -> Announcement | None:
    type_ = _TYPES.get(event.name)
    if type_ is None:
        return None
    bill = Bill.objects.get(merchant_id=event.merchant_id, pk=event.subject_id)
    return Announcement(type=type_, data={"bill": describe(bill)})
