"""What is announced of invoices and payments, and the wire that carries every announcement."""

from __future__ import annotations

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.conf import settings

from billing.json_shapes import json_date, json_instant
from billing.models import Bill, Event
from billing.money import as_json_number
from billing.webhooks import bills
from billing.webhooks.announcements import Announcement, add_announcer
from billing.webhooks.calls import Answered, NoAnswer
from invoices.gateway.raw_answers import TransportError
from invoices.models import Invoice, Payment
from invoices.services.gateways import transport
from invoices.services.orders import page_url
from invoices.services.payables import Payable
from subscriptions import webhooks as subscriptions

_OF_PAYMENTS: Final = {"received": "payment.received", "refunded": "payment.refunded"}
_PAYABLE: Final = ("bill__merchant", "installment__merchant", "installment__subscription")


def post_announcement(url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Answered:
    """
    Over the same connections as calls to gateways: to the address that was looked up and found public, never on
    from there, and cut at the deadline.

    :raises NoAnswer:
    """
    wire = transport(settings.GATEWAY_ALLOW_PRIVATE)
    try:
        answer = wire.send(method="POST", url=url, headers=headers, body=body, deadline=time.monotonic() + seconds)
    except TransportError as failure:
        raise NoAnswer(str(failure)) from failure
    return Answered(status=answer.status, body=answer.body)


def register() -> None:
    add_announcer(Event.Subject.INVOICE, _announce_invoice)
    add_announcer(Event.Subject.PAYMENT, _announce_payment)


def _announce_invoice(event: Event) -> Announcement | None:
    if event.name != "issued":
        return None
    rows = Invoice.objects.select_related("merchant", *_PAYABLE)
    invoice = rows.get(merchant_id=event.merchant_id, pk=event.subject_id)
    of_what = "bill" if isinstance(invoice.payable, Bill) else "installment"
    return Announcement(type=f"{of_what}.invoiced", data={"invoice": _invoice(invoice)} | _what(invoice.payable))


def _announce_payment(event: Event) -> Announcement | None:
    type_ = _OF_PAYMENTS.get(event.name)
    if type_ is None:
        return None
    rows = Payment.objects.select_related(*_PAYABLE)
    payment = rows.get(merchant_id=event.merchant_id, pk=event.subject_id)
    data = {"payment": _payment(payment)} | _what(payment.payable)
    if event.name == "refunded":
        data["refund"] = {"amount": as_json_number(Decimal(event.details["amount"]))}
    return Announcement(type=type_, data=data)


def _invoice(invoice: Invoice) -> dict[str, Any]:
    return {
        "number": invoice.number,
        "amount": as_json_number(invoice.amount),
        "currency": invoice.currency,
        "dueDate": json_date(invoice.due_date),
        "channel": invoice.channel,
        "status": invoice.status,
        "page": page_url(invoice),
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "id": str(payment.pk),
        "amount": as_json_number(payment.amount),
        "settledAmount": as_json_number(payment.applied_amount),
        "currency": payment.currency,
        "method": payment.method,
        "receivedAt": json_instant(payment.received_at),
        "receiptNo": payment.receipt_no,
        "needsReview": bool(payment.review_reason),
    }


def _what(payable: Payable) -> dict[str, Any]:
    if isinstance(payable, Bill):
        return {"bill": bills.describe(payable)}
    return {"installment": subscriptions.describe(payable)}
