"""What is announced of subscriptions and their installments."""

from __future__ import annotations

from typing import Any, Final

from billing.json_shapes import json_date
from billing.models import Event
from billing.money import as_json_number
from billing.webhooks.announcements import Announcement, add_announcer
from subscriptions.json_shapes import describe_subscription
from subscriptions.models import Installment, Subscription

_CHANGED: Final = "subscription.changed"
_OF_SUBSCRIPTIONS: Final = {
    "created": "subscription.created",
    "paused": "subscription.paused",
    "resumed": "subscription.resumed",
    "completed": "subscription.completed",
    "cancelled": "subscription.cancelled",
    "cancelled_at_end": _CHANGED,
    "settled_early": _CHANGED,
    "terms_changed": _CHANGED,
    "extended": _CHANGED,
    "end_changed": _CHANGED,
    "moved": _CHANGED,
    "skipped": _CHANGED,
}
_OF_INSTALLMENTS: Final = {
    "settled": "installment.paid",
    "partly_settled": "installment.partly_paid",
    "skipped": "installment.skipped",
    "refunded": "installment.refunded",
}


def describe(installment: Installment) -> dict[str, Any]:
    return {
        "subscriptionNo": installment.subscription.subscription_no,
        "number": installment.sequence,
        "dueAmount": as_json_number(installment.amount),
        "dueDate": json_date(installment.due_date),
        "status": installment.status,
        "currency": installment.subscription.currency,
        "paidAmount": as_json_number(installment.amount_paid),
        "refundedAmount": as_json_number(installment.amount_refunded),
    }


def register() -> None:
    add_announcer(Event.Subject.SUBSCRIPTION, _announce_subscription)
    add_announcer(Event.Subject.INSTALLMENT, _announce_installment)


def _announce_subscription(event: Event) -> Announcement | None:
    type_ = _OF_SUBSCRIPTIONS.get(event.name)
    if type_ is None:
        return None
    subscription = Subscription.objects.get(merchant_id=event.merchant_id, pk=event.subject_id)
    return Announcement(type=type_, data={"subscription": describe_subscription(subscription)})


def _announce_installment(event: Event) -> Announcement | None:
    type_ = _OF_INSTALLMENTS.get(event.name)
    if type_ is None:
        return None
    rows = Installment.objects.select_related("subscription")
    installment = rows.get(merchant_id=event.merchant_id, pk=event.subject_id)
    return Announcement(type=type_, data={"installment": describe(installment)})
