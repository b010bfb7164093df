"""Customers: one phone number within one merchant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from billing.phones import to_e164

_UPSERT = """
    INSERT INTO billing_customer AS customer
        (merchant_id, phone, name, email, national_id, address, language, created_at, updated_at)
    VALUES (%s, %s, %s, %s, %s, %s, '', %s, %s)
    ON CONFLICT (merchant_id, phone) DO UPDATE SET
        name = excluded.name,
        email = CASE WHEN excluded.email = '' THEN customer.email ELSE excluded.email END,
        national_id = CASE WHEN excluded.national_id = '' THEN customer.national_id ELSE excluded.national_id END,
        address = CASE WHEN excluded.address = '' THEN customer.address ELSE excluded.address END,
        updated_at = excluded.updated_at
    RETURNING id
"""


def upsert_customer(
    *,
    merchant_id: int,
    phone: str,
    name: str,
    email: str = "",
    national_id: str = "",
    address: str = "",
    now: datetime,
) -> int:
    """
    The id of the merchant's customer with this phone, made or updated with what is stated here; empty means unstated.

    One statement, so that two bills for a new customer at once make one customer.

    :param phone: as the API takes it, `07xxxxxxxx`
    """
    instant = connection.ops.adapt_datetimefield_value(now)
    values: list[Any] = [merchant_id, to_e164(phone), name, email, national_id, address, instant, instant]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, values)
        (customer_id,) = cursor.fetchone()
    return int(customer_id)
