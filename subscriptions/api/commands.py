"""A subscription as the API receives it, checked in the contract's order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from billing import field_values
from billing.api.errors import InvalidAmount, InvalidType
from billing.api.reader import FieldReader, read_amount, read_phone, require
from subscriptions.api.installments import read_installment_amounts, read_installments
from subscriptions.models import Subscription
from subscriptions.schedules import MAX_INSTALLMENTS, number_of_payments
from subscriptions.services import NewSubscription

Type = Subscription.Type

COMMON: Final = ("subscriptionType", "customerName", "customerPhone", "productName")
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    Type.FIXED_MONTHLY: (*COMMON, "totalAmount", "monthlyPayment", "paymentDay"),
    Type.CUSTOM_SCHEDULE: (*COMMON, "totalAmount", "customInstallments"),
    Type.OPEN_ENDED: (*COMMON, "recurringAmount", "paymentDay"),
}
_AMOUNTS: Final = ("totalAmount", "monthlyPayment", "recurringAmount")


def parse_new_subscription(body: Mapping[str, Any], *, currency: str) -> NewSubscription:
    """
    The subscription a body states. Fields it does not know, and those of another type, are ignored.

    :raises Refusal: the first of contract.md's steps 6 to 10 that it breaks
    """
    stated_type = body.get("subscriptionType")
    is_known = isinstance(stated_type, str) and stated_type in REQUIRED
    required = REQUIRED[str(stated_type)] if is_known else COMMON
    require(body, required)
    customer_phone = read_phone(body["customerPhone"])
    if not is_known:
        raise InvalidType(validTypes=list(Type.values))
    amounts = {name: read_amount(body[name], label=name, currency=currency) for name in required if name in _AMOUNTS}
    installment_amounts = read_installment_amounts(body, currency) if "customInstallments" in required else []
    _check_monthly_payment(amounts)

    reader = FieldReader()
    _check_number_of_payments(reader, amounts)
    new = NewSubscription(
        type=Type(str(stated_type)),
        customer_name=reader.required(body, "customerName", field_values.name),
        customer_phone=customer_phone,
        product_name=reader.required(body, "productName", field_values.name),
        customer_email=reader.optional(body, "customerEmail", field_values.email),
        description=reader.optional(body, "description", field_values.long_text),
        auto_generate_invoices=_auto_generate_invoices(reader, body),
        payment_day=reader.required(body, "paymentDay", field_values.day_of_month)
        if "paymentDay" in required
        else None,
        custom_installments=read_installments(reader, body, installment_amounts, amounts.get("totalAmount"))
        if "customInstallments" in required
        else (),
        total_amount=amounts.get("totalAmount"),
        monthly_payment=amounts.get("monthlyPayment"),
        recurring_amount=amounts.get("recurringAmount"),
    )
    reader.finish()
    return new


def _check_monthly_payment(amounts: Mapping[str, Decimal]) -> None:
    if "monthlyPayment" in amounts and amounts["monthlyPayment"] > amounts["totalAmount"]:
        raise InvalidAmount("monthlyPayment must not be more than totalAmount")


def _check_number_of_payments(reader: FieldReader, amounts: Mapping[str, Decimal]) -> None:
    if "monthlyPayment" not in amounts:
        return
    count = number_of_payments(total=amounts["totalAmount"], monthly=amounts["monthlyPayment"])
    if count > MAX_INSTALLMENTS:
        reader.add("monthlyPayment", f"must cover totalAmount in at most {MAX_INSTALLMENTS} installments")


def _auto_generate_invoices(reader: FieldReader, body: Mapping[str, Any]) -> bool:
    return reader.defaulted(body, "autoGenerateInvoices", field_values.boolean, default=True)
