"""The bills and installments that are due to be invoiced, a locked chunk at a time, in the order of their index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from billing.models import Bill, Merchant

_FIRST_DAY: Final = date(1, 1, 1)
# A row comparison, which Django's queries do not have, lets a chunk begin where the last one ended.
_DUE: Final = """
    SELECT payable.id, payable.subscription_id, payable.due_date FROM subscriptions_installment AS payable
    JOIN subscriptions_subscription AS document ON document.id = payable.subscription_id
    WHERE payable.merchant_id = %(merchant)s AND payable.status = 'SCHEDULED' AND payable.hold = ''
        AND payable.due_date <= %(until)s AND (payable.due_date, payable.id) > (%(after_date)s, %(after_id)s)
        AND document.status = 'ACTIVE' AND document.auto_generate_invoices
    ORDER BY payable.due_date, payable.id LIMIT %(limit)s
"""
_COUNT: Final = f"SELECT count(*) FROM ({_DUE}) AS due"  # noqa: S608
_LOCK: Final = " FOR NO KEY UPDATE OF payable SKIP LOCKED"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a pass over a merchant's due rows has got to: behind this day and id."""

    due_date: date = _FIRST_DAY
    id: int = 0


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Due installments by subscription, oldest first, and the place behind them."""

    by_subscription: dict[int, list[int]]
    place: Place


def count_due_installments(merchant: Merchant, *, until: date, after: Place, limit: int) -> int:
    """How many `due_installments` would find, counted up to a limit, if nobody else held any."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, _parameters(merchant, until, after, limit))
        (count,) = cursor.fetchone()
    return int(count)


def due_installments(merchant: Merchant, *, until: date, after: Place, limit: int, is_rehearsal: bool) -> Chunk:
    """
    The next due installments of active plans, locked, passing over those that somebody else holds.

    :param is_rehearsal: lock nothing and pass over nothing
    """
    lock = "" if is_rehearsal or not connection.features.has_select_for_update_skip_locked else _LOCK
    with connection.cursor() as cursor:
        cursor.execute(_DUE + lock, _parameters(merchant, until, after, limit))
        rows = cursor.fetchall()
    by_subscription: dict[int, list[int]] = {}
    for installment_id, subscription_id, _ in rows:
        by_subscription.setdefault(subscription_id, []).append(installment_id)
    return Chunk(by_subscription=by_subscription, place=_behind(rows))


def lock_bills_never_invoiced(merchant: Merchant, *, after: int, chunk: int) -> list[int]:
    """The ids of the next bills that never had an invoice, passing over those that somebody else holds."""
    bills = Bill.objects.never_invoiced().filter(merchant=merchant, pk__gt=after).order_by("pk")
    return list(bills.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)[:chunk])


def _behind(rows: list[Any]) -> Place:
    if not rows:
        return Place()
    installment_id, _, due_date = rows[-1]
    return Place(due_date=due_date if isinstance(due_date, date) else date.fromisoformat(due_date), id=installment_id)


def _parameters(merchant: Merchant, until: date, after: Place, limit: int) -> dict[str, Any]:
    day = connection.ops.adapt_datefield_value
    return {
        "merchant": merchant.pk,
        "until": day(until),
        "after_date": day(after.due_date),
        "after_id": after.id,
        "limit": limit,
    }
