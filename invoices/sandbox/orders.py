"""What a merchant asks for: the fields of "Create subscription invoice", checked and named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from invoices.sandbox.answers import invalid_fields
from invoices.sandbox.field_checks import (
    check_amount_text,
    check_choice,
    check_count,
    check_country_code,
    check_date,
    check_email_text,
    check_items,
    check_mobile_number,
    check_pay_types,
    check_text,
    check_url,
)
from invoices.sandbox.models import Channel

CHANNELS: Final = {
    ("1", "0"): Channel.SMS,
    ("0", "1"): Channel.WHATSAPP,
    ("0", "2"): Channel.EMAIL,
    ("0", "3"): Channel.LINK,
}

Check = Callable[[object], None]

REQUIRED_FIELDS: Final[dict[str, Check]] = {
    "merchantCode": check_text(40),
    "mobileNumber": check_mobile_number,
    "customerName": check_text(500),
    "amount": check_amount_text,
    "countryCode": check_country_code,
    "invoiceType": check_choice("0", "1"),
    "invoiceSubType": check_choice("0", "1", "2", "3"),
    "allocatePayType": check_pay_types,
    "expiresAt": check_date,
    "subscription": check_choice("0", "1"),
    "frequency": check_choice("1"),
    "noofRecurrence": check_count,
    "SubscriptionType": check_choice("0", "1"),
}
OPTIONAL_FIELDS: Final[dict[str, Check]] = {
    "referenceNumber": check_text(200),
    "description": check_text(5_000),
    "customerEmail": check_email_text,
    "itemsList": check_items,
    "language": check_choice("en", "ar"),
    "startDate": check_date,
    "webhook": check_url,
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """A checked payload; amount in the account's currency, three decimals."""

    reference: str
    amount: Decimal
    channel: Channel
    customer_name: str
    customer_phone: str
    customer_email: str
    description: str
    language: str
    expires_at: date
    webhook_url: str
    payload: dict[str, Any]


def read_order(payload: dict[str, Any], *, today: date) -> Order:
    """
    :raises Refusal: 422 with every wrong field named
    :source: invoice-gateway.txt; gateway.md, Creating an invoice
    """
    errors = _field_errors(payload) or _mutual_errors(payload, today=today)
    if errors:
        raise invalid_fields(errors)
    return Order(
        reference=payload.get("referenceNumber") or "",
        amount=Decimal(payload["amount"]),
        channel=CHANNELS[payload["invoiceType"], payload["invoiceSubType"]],
        customer_name=payload["customerName"],
        customer_phone="+" + payload["countryCode"].removeprefix("+") + payload["mobileNumber"],
        customer_email=payload.get("customerEmail") or "",
        description=payload.get("description") or "",
        language=payload.get("language") or "en",
        expires_at=date.fromisoformat(payload["expiresAt"]),
        webhook_url=payload.get("webhook") or "",
        payload=payload,
    )


def _field_errors(payload: Mapping[str, Any]) -> dict[str, list[str]]:
    errors = {name: ["is required"] for name in REQUIRED_FIELDS if _is_absent(payload.get(name))}
    for name, check in (REQUIRED_FIELDS | OPTIONAL_FIELDS).items():
        value = payload.get(name)
        if _is_absent(value):
            continue
        try:
            check(value)
        except ValueError as error:
            errors[name] = [str(error)]
    return errors


def _mutual_errors(payload: Mapping[str, Any], *, today: date) -> dict[str, list[str]]:
    """What single fields cannot show, asked once each of them is sound."""
    errors: dict[str, list[str]] = {}
    channel = CHANNELS.get((payload["invoiceType"], payload["invoiceSubType"]))
    if channel is None:
        errors["invoiceSubType"] = ["does not go with this invoiceType"]
    if channel == Channel.EMAIL and not payload.get("customerEmail"):
        errors["customerEmail"] = ["is required for an invoice by e-mail"]
    if date.fromisoformat(payload["expiresAt"]) <= today:
        errors["expiresAt"] = ["must lie ahead"]
    items = payload.get("itemsList")
    if items and sum(Decimal(item["amount"]) for item in items) < Decimal(payload["amount"]):
        errors["itemsList"] = ["must reach the amount of the invoice"]
    return errors


def _is_absent(value: object) -> bool:
    # An empty array is a value: the page's own example allocates no payment types.
    return value is None or value == ""
