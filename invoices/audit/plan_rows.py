"""Every plan with its terms and installments, read in three streams side by side: one plan in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, NamedTuple

from invoices.audit.difference import CHUNK
from subscriptions.models import Installment, Subscription, Term

_COLUMNS: Final = (
    "merchant_id",
    "type",
    "status",
    "total_amount",
    "monthly_payment",
    "recurring_amount",
    "discount_amount",
    "payment_day",
    "interval",
    "anchor_date",
    "ends_after",
    "ends_on",
    "last_sequence",
    "scheduled_until",
    "settled_early_at",
)
_Key = tuple[int, int]


class Period(NamedTuple):
    """An installment's row, as much of it as its plan decides."""

    pk: int
    sequence: int
    due_date: date
    amount: Decimal
    status: str
    amount_paid: Decimal


@dataclass(frozen=True, kw_only=True)
class PlanRows:
    plan: Subscription
    terms: list[Term]
    periods: list[Period]


def read_plans() -> Iterator[PlanRows]:
    periods = _Groups(_periods())
    terms = _Groups(_terms())
    plans = Subscription.objects.only(*_COLUMNS).order_by("merchant_id", "pk")
    for plan in plans.iterator(chunk_size=CHUNK):
        key = (plan.merchant_id, plan.pk)
        yield PlanRows(plan=plan, terms=terms.take(key), periods=periods.take(key))


def _periods() -> Iterator[tuple[_Key, Period]]:
    rows: Any = Installment.objects.order_by("merchant_id", "subscription_id", "sequence").values_list(
        "merchant_id", "subscription_id", "pk", "sequence", "due_date", "amount", "status", "amount_paid"
    )
    for merchant_id, subscription_id, *columns in rows.iterator(chunk_size=CHUNK):
        yield (merchant_id, subscription_id), Period(*columns)


def _terms() -> Iterator[tuple[_Key, Term]]:
    for term in Term.objects.order_by("merchant_id", "subscription_id", "from_sequence", "pk").iterator(CHUNK):
        yield (term.merchant_id, term.subscription_id), term


class _Groups:
    """Rows by key, taken in the order of the keys; those of a key nobody asks for are passed over."""

    def __init__(self, keyed: Iterator[tuple[_Key, Any]]) -> None:
        self._groups = groupby(keyed, key=lambda pair: pair[0])
        self._next = next(self._groups, None)

    def take(self, key: _Key) -> list[Any]:
        while self._next is not None and self._next[0] < key:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != key:
            return []
        found = [row for _, row in self._next[1]]
        self._next = next(self._groups, None)
        return found
