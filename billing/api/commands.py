"""A bill as the API receives it, checked in the contract's order, and as it answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from billing import field_values
from billing.api.envelope import json_date, json_instant
from billing.api.reader import FieldReader, read_amount, read_phone, require
from billing.models import Bill
from billing.money import as_json_number
from billing.services import NewBill

REQUIRED: Final = ("customerName", "customerPhone", "serviceType", "dueAmount", "dueDate")


def parse_new_bill(body: Mapping[str, Any], *, currency: str) -> NewBill:
    """
    The bill a body states. Fields it does not know are ignored.

    :raises Refusal: the first of contract.md's steps 6 to 10 that it breaks
    """
    require(body, REQUIRED)
    customer_phone = read_phone(body["customerPhone"])
    amount = read_amount(body["dueAmount"], label="Due amount", currency=currency)
    reader = FieldReader()
    new = NewBill(
        customer_name=reader.required(body, "customerName", field_values.name),
        customer_phone=customer_phone,
        customer_email=reader.optional(body, "customerEmail", field_values.email),
        customer_national_id=reader.optional(body, "customerNationalId", field_values.national_id),
        customer_address=reader.optional(body, "customerAddress", field_values.address),
        service_type=reader.required(body, "serviceType", field_values.name),
        amount=amount,
        due_date=reader.required(body, "dueDate", field_values.day),
        description=reader.optional(body, "description", field_values.long_text),
        notes=reader.optional(body, "notes", field_values.long_text),
    )
    reader.finish()
    return new


def describe_bill(bill: Bill) -> dict[str, Any]:
    """The documented keys, in the documented order."""
    return {
        "_id": bill.public_id,
        "billingNo": bill.billing_no,
        "billNo": bill.bill_no,
        "customerName": bill.customer_name,
        "customerPhone": bill.customer_phone,
        "customerEmail": bill.customer_email or None,
        "serviceType": bill.service_type,
        "dueAmount": as_json_number(bill.amount),
        "dueDate": json_date(bill.due_date),
        "status": bill.status,
        "createdAt": json_instant(bill.created_at),
    }
