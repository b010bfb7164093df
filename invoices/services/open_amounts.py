"""What a customer was asked for and still owes: bills and installments alike, the oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from billing.models import Customer
from billing.money import from_thousandths
from invoices.services.open_payables import OPEN_PAYABLES, as_day

# The sums are of all there is in a currency, however few are read.
_OPEN: Final = f"""
    SELECT kind, id, number, sequence, title, currency, due_date, owed, promised_until,
        SUM(owed) OVER (PARTITION BY currency),
        SUM(CASE WHEN due_date < %s THEN owed ELSE 0 END) OVER (PARTITION BY currency),
        SUM(CASE WHEN due_date < %s THEN 1 ELSE 0 END) OVER (PARTITION BY currency)
    FROM {OPEN_PAYABLES} WHERE merchant_id = %s AND customer_id = %s ORDER BY due_date, kind, id LIMIT %s
"""  # noqa: S608


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
    values: list[str | int] = [today.isoformat(), today.isoformat(), customer.merchant_id, customer.pk, most + 1]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, values)
        found = cursor.fetchall()
    return OpenAmounts(
        rows=[_amount(row) for row in found[:most]],
        owed={row[5]: owed_from(row[9:]) for row in found},
        has_more=len(found) > most,
    )


def _amount(row: tuple[Any, ...]) -> OpenAmount:
    kind, pk, number, sequence, title, currency, due_date, owed, promised_until = row[:9]
    return OpenAmount(
        is_bill=kind == "BILL",
        id=pk,
        number=number if sequence is None else f"{number} · {sequence}",
        title=title,
        currency=currency,
        due_date=as_day(due_date),
        owed=from_thousandths(int(owed)),
        promised_until=as_day(promised_until) if promised_until else None,
    )


def owed_from(sums: Sequence[int]) -> Owed:
    """From what a statement summed up: all and what is late of it, in thousandths, and how many are late."""
    everything, overdue, count = map(int, sums)
    return Owed(sum=from_thousandths(everything), overdue=from_thousandths(overdue), overdue_count=count)
