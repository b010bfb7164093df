"""Customers: one phone number within one merchant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
# One statement, for it stands on the way of every posted bill, and nearly always finds nobody.
_RECORD_RENAMED: Final = """
    WITH stated (phone, name) AS (VALUES {rows})
    INSERT INTO billing_event (merchant_id, subject, subject_id, name, actor, details, occurred_at)
    SELECT customer.merchant_id, 'CUSTOMER', customer.id, 'renamed', %s,
        {json_object}('old_name', customer.name, 'new_name', stated.name), %s
    FROM stated JOIN billing_customer AS customer ON customer.phone = stated.phone
    WHERE customer.merchant_id = %s AND customer.merged_into_id IS NULL AND customer.name <> stated.name
"""
_JSON_OBJECT: Final = {"postgresql": "jsonb_build_object", "sqlite": "json_object"}


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


def upsert_customers(*, merchant_id: int, stated: Sequence[StatedCustomer], actor: str, now: datetime) -> list[int]:
    """
    The ids of the merchant's customers with these phones, in the order stated: made, or updated with what is stated.

    Some hundreds at most. In one statement, so that two bills for a new customer at once make one customer; and locked
    in the order of their phones, so that two of these at once cannot each wait for the other. A former number leads to
    the customer it was merged into, whose own details stay what staff have decided. Another name is a line of the
    timeline.
    """
    by_phone: dict[str, StatedCustomer] = {}
    for each in stated:
        by_phone[to_e164(each.phone)] = each.after(by_phone.get(to_e164(each.phone)))
    instant = connection.ops.adapt_datetimefield_value(now)
    values: list[Any] = []
    for phone, each in sorted(by_phone.items()):
        values += [merchant_id, phone, each.name, each.email, each.national_id, each.address, instant, instant]
    _record_renamed(merchant_id, by_phone, actor, instant)
    with connection.cursor() as cursor:
        cursor.execute(_upsert_statement(len(by_phone)), values)
        ids: dict[str, int] = dict(cursor.fetchall())
    return [ids[to_e164(each.phone)] for each in stated]


def _record_renamed(merchant_id: int, by_phone: Mapping[str, StatedCustomer], actor: str, instant: Any) -> None:
    """Before they are locked, so of two at once both may name the same old name; each says who wrote which new one."""
    names = [text for phone, each in by_phone.items() for text in (phone, each.name)]
    with connection.cursor() as cursor:
        cursor.execute(_renamed_statement(connection.vendor, len(by_phone)), [*names, actor, instant, merchant_id])


@lru_cache(maxsize=64)
def _renamed_statement(vendor: str, count: int) -> str:
    return _RECORD_RENAMED.format(rows=", ".join(["(%s, %s)"] * count), json_object=_JSON_OBJECT[vendor])


@lru_cache(maxsize=64)
def _upsert_statement(count: int) -> str:
    return _UPSERT.format(rows=", ".join([_ROW] * count), is_former="customer.merged_into_id IS NOT NULL")
