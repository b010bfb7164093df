"""The body of "create invoice" (invoice-gateway.txt; gateway.md, Creating an invoice)."""

import re
from datetime import date
from decimal import Decimal

import phonenumbers

from invoices.gateway.codes import PAY_TYPES, TYPE_PAIRS, Channel
from invoices.gateway.errors import OrderInvalid
from invoices.gateway.orders import InvoiceOrder, Item, WireSwitches

__all__ = ["InvoiceOrder", "Item", "WireSwitches", "amount_text", "invoice_payload", "phone_fields"]

LEAST = Decimal("0.001")
MOST = Decimal("999999999.999")


def invoice_payload(
    *, order: InvoiceOrder, merchant_code: str, today: date, switches: WireSwitches
) -> dict[str, object]:
    """
    The payload to encrypt: every scalar is text, amounts have three decimals, dates are YYYY-MM-DD.

    :param today: the merchant's local date
    :raises OrderInvalid: if the order breaks one of the gateway's rules
    """
    _check(order, today=today)
    payload: dict[str, object] = {
        "merchantCode": merchant_code,
        "customerName": order.customer_name,
        "referenceNumber": order.reference,
        "amount": amount_text(order.amount),
        "description": order.description,
        "language": order.language,
        "expiresAt": order.expires_on.isoformat(),
    }
    payload |= phone_fields(mobile_number=order.mobile_number, switches=switches)
    payload |= _delivery_fields(order) | _recurrence_fields(order, today=today)
    return payload | _payment_fields(order, switches)


def amount_text(amount: Decimal) -> str:
    """
    "280.000" for 280.

    :raises OrderInvalid: below 0.001, above 999999999.999 or finer than a thousandth
    """
    if not amount.is_finite() or not LEAST <= amount <= MOST:
        raise OrderInvalid("amount", f"The amount must lie between {LEAST} and {MOST}.")
    if amount % LEAST:
        raise OrderInvalid("amount", "The amount has more than three decimals.")
    return f"{amount:.3f}"


def phone_fields(*, mobile_number: str, switches: WireSwitches) -> dict[str, object]:
    """
    ``countryCode`` and ``mobileNumber``: "+962" and "777839071" for "+962777839071".

    :raises OrderInvalid: if the number is not E.164, or of no known country
    """
    try:
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", mobile_number):
            raise OrderInvalid("mobileNumber", "The mobile number is not in international form.")
        number = phonenumbers.parse(mobile_number, None)
    except phonenumbers.NumberParseException:
        raise OrderInvalid("mobileNumber", "The mobile number's country is unknown.") from None
    plus = "+" if switches.country_code_with_plus else ""
    return {
        "countryCode": f"{plus}{number.country_code}",
        "mobileNumber": phonenumbers.national_significant_number(number),
    }


def _check(order: InvoiceOrder, *, today: date) -> None:
    if not order.reference.strip():
        raise OrderInvalid("referenceNumber", "The reference is missing.")
    if not order.customer_name.strip():
        raise OrderInvalid("customerName", "The customer's name is missing.")
    if order.language not in ("ar", "en"):
        raise OrderInvalid("language", "The language must be ar or en.")
    if order.expires_on <= today:
        raise OrderInvalid("expiresAt", "The invoice would already have expired.")
    if order.channel == Channel.EMAIL and not (order.customer_email or "").strip():
        raise OrderInvalid("customerEmail", "The customer has no e-mail address: choose another channel.")
    if not PAY_TYPES.keys() >= set(order.pay_types):
        raise OrderInvalid("allocatePayType", "A payment type is not one of the gateway's.")


def _delivery_fields(order: InvoiceOrder) -> dict[str, object]:
    pair = TYPE_PAIRS[order.channel]
    fields: dict[str, object] = {"invoiceType": pair.type, "invoiceSubType": pair.sub_type}
    if order.channel == Channel.EMAIL:
        fields["customerEmail"] = order.customer_email
    return fields


def _recurrence_fields(order: InvoiceOrder, *, today: date) -> dict[str, object]:
    # We own the recurrence: one charge, on demand, whatever the plan is ("0" could charge by itself).
    return {
        "subscription": "1" if order.is_installment else "0",
        "frequency": "1",
        "noofRecurrence": "1",
        "SubscriptionType": "1",
        "startDate": max(today, order.due_date).isoformat(),
    }


def _payment_fields(order: InvoiceOrder, switches: WireSwitches) -> dict[str, object]:
    pay_types = list(order.pay_types)
    fields: dict[str, object] = {"allocatePayType": pay_types if switches.pay_types_as_array else ",".join(pay_types)}
    if order.items:
        fields["itemsList"] = _items(order)
    if switches.sends_webhook_url and order.webhook_url:
        fields["webhook"] = order.webhook_url
    return fields


def _items(order: InvoiceOrder) -> list[dict[str, str]]:
    rows = [
        {
            "itemTitle": item.title,
            "rate": amount_text(item.rate),
            "quantity": str(item.quantity),
            "amount": amount_text(item.amount),
        }
        for item in order.items
    ]
    if sum(item.amount for item in order.items) < order.amount:
        raise OrderInvalid("itemsList", "The items do not add up to the amount.")
    return rows
