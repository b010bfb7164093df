"""Documents as merchants' systems read them: in the answers of the API, and in what webhooks tell."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from billing.models import Bill
from billing.money import as_json_number


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


def json_date(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000Z"


def json_instant(instant: datetime) -> str:
    """:param instant: in UTC, as Django keeps them"""
    return instant.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
