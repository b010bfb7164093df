"""Customers: one phone number within one merchant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.db import connection

from billing.phones import to_e164

_UPSERT = """
    INSERT INTO billing_customer AS customer
        (merchant_id, phone, name, email, national_id, address, language, created_at, updated_at)
    VALUES {rows}
    ON CONFLICT (merchant_id, phone) DO UPDATE SET
        name = CASE WHEN {is_former} THEN customer.name ELSE excluded.name END,
        email = CASE WHEN {is_former} OR excluded.email = '' THEN customer.email ELSE excluded.email END,
        national_id = CASE WHEN {is_former} OR excluded.national_id = ''
            THEN customer.national_id ELSE excluded.national_id END,
        address = CASE WHEN {is_former} OR excluded.address = '' THEN customer.address ELSE excluded.address END,
        updated_at = excluded.updated_at
    RETURNING phone, COALESCE(merged_into_id, id)
"""
_ROW: Final = "(%s, %s, %s, %s, %s, %s, '', %s, %s)"


@dataclass(frozen=True, kw_only=True)
class StatedCustomer:
    """What somebody says of a customer; empty means unstated. The phone as the API takes it, `07xxxxxxxx`."""

    phone: str
    name: str
    email: str = ""
    national_id: str = ""
    address: str = ""

    def after(self, earlier: StatedCustomer | None) -> StatedCustomer:
        """Both said one after the other."""
        if earlier is None:
            return self
        return StatedCustomer(
            phone=self.phone,
            name=self.name,
            email=self.email or earlier.email,
            national_id=self.national_id or earlier.national_id,
            address=self.address or earlier.address,
        )


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

    One statement, so that two bills for a new customer at once make one customer. A former number leads to the customer
    it was merged into, whose own details stay what staff have decided.

    :param phone: as the API takes it, `07xxxxxxxx`
    """
    stated = StatedCustomer(phone=phone, name=name, email=email, national_id=national_id, address=address)
    (customer_id,) = upsert_customers(merchant_id=merchant_id, stated=[stated], now=now)
    return customer_id


def upsert_customers(*, merchant_id: int, stated: Sequence[StatedCustomer], now: datetime) -> list[int]:
    """
    The same for some hundreds at most, in one statement: their ids, in the order stated.

    They are locked in the order of their phones: two of these at once cannot each wait for the other.
    """
    by_phone: dict[str, StatedCustomer] = {}
    for each in stated:
        by_phone[to_e164(each.phone)] = each.after(by_phone.get(to_e164(each.phone)))
    instant = connection.ops.adapt_datetimefield_value(now)
    values: list[Any] = []
    for phone, each in sorted(by_phone.items()):
        values += [merchant_id, phone, each.name, each.email, each.national_id, each.address, instant, instant]
    with connection.cursor() as cursor:
        cursor.execute(_upsert_statement(len(by_phone)), values)
        ids: dict[str, int] = dict(cursor.fetchall())
    return [ids[to_e164(each.phone)] for each in stated]


@lru_cache(maxsize=64)
def _upsert_statement(count: int) -> str:
    return _UPSERT.format(rows=", ".join([_ROW] * count), is_former="customer.merged_into_id IS NOT NULL")
