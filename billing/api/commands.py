"""A bill as the API receives it, checked in the contract's order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from billing import field_values
from billing.api.reader import FieldReader, read_amount, read_phone, require
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
