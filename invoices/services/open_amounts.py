"""What a customer was asked for and still owes: bills and installments alike, the oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from billing.models import Customer
from billing.money import from_thousandths

# The sums are of all there is in a currency, however few are read.
_OPEN: Final = """
    SELECT kind, id, number, title, currency, due_date, owed, promised_until,
        SUM(owed) OVER (PARTITION BY currency),
        SUM(CASE WHEN due_date < %s THEN owed ELSE 0 END) OVER (PARTITION BY currency),
        SUM(CASE WHEN due_date < %s THEN 1 ELSE 0 END) OVER (PARTITION BY currency)
    FROM (
        SELECT 'BILL' AS kind, id, billing_no AS number, service_type AS title, currency, due_date,
            amount - amount_paid AS owed, promised_until
        FROM billing_bill WHERE merchant_id = %s AND customer_id = %s AND status = 'PENDING'
        UNION ALL
        SELECT 'INSTALLMENT', part.id, plan.subscription_no || ' · ' || part.sequence, plan.product_name,
            plan.currency, part.due_date, part.amount - part.amount_paid, part.promised_until
        FROM subscriptions_installment part JOIN subscriptions_subscription plan ON plan.id = part.subscription_id
        WHERE part.merchant_id = %s AND plan.merchant_id = %s AND plan.customer_id = %s AND part.status = 'INVOICED'
    ) unpaid ORDER BY due_date, kind, id LIMIT %s
"""


@dataclass(frozen=True, kw_only=True)
class OpenAmount:
    """:ivar number: as staff know it; `title` is what it is for"""

    is_bill: bool
    id: int
    number: str
    title: str
    currency: str
    due_date: date
    owed: Decimal
    promised_until: date | None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """Of one currency: all that is still owed, and what of it is late."""

    sum: Decimal
    overdue: Decimal
    overdue_count: int


@dataclass(frozen=True, kw_only=True)
class OpenAmounts:
    rows: list[OpenAmount]
    owed: Mapping[str, Owed]
    has_more: bool


def open_amounts(*, customer: Customer, today: date, most: int) -> OpenAmounts:
    """
    In one query.

    :param today: the merchant's local day; what is due on it is not late yet
    """
    whose = [customer.merchant_id, customer.pk]
    values: list[str | int] = [today.isoformat(), today.isoformat(), *whose, customer.merchant_id, *whose, most + 1]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, values)
        found = cursor.fetchall()
    return OpenAmounts(
        rows=[_amount(row) for row in found[:most]],
        owed={row[4]: _owed(row) for row in found},
        has_more=len(found) > most,
    )


def _amount(row: tuple[Any, ...]) -> OpenAmount:
    kind, pk, number, title, currency, due_date, owed, promised_until = row[:8]
    return OpenAmount(
        is_bill=kind == "BILL",
        id=pk,
        number=number,
        title=title,
        currency=currency,
        due_date=_day(due_date),
        owed=from_thousandths(int(owed)),
        promised_until=_day(promised_until) if promised_until else None,
    )


def _owed(row: tuple[Any, ...]) -> Owed:
    everything, overdue, count = row[8:]
    return Owed(sum=from_thousandths(int(everything)), overdue=from_thousandths(int(overdue)), overdue_count=int(count))


def _day(stored: date | str) -> date:
    """SQLite gives days back as they were written."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored)
