"""
Which of what was booked a line is about: by the keys it states, and by its amount where several have them.

What is booked is looked up by the keys of some lines at a time. One statement for all of them hangs on statistics, and
PostgreSQL has none of lines that have just come in: it held each against each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from billing.chunks import in_chunks
from invoices.models import GatewayStatementLine, Invoice, Payment

Lines = QuerySet[GatewayStatementLine]

LINES_AT_ONCE: Final = 1_000
_WRITTEN_AT_ONCE: Final = 250


class Way(NamedTuple):
    """By which column of the line; by which of what was booked, or of the invoice it was booked for."""

    key: str
    path: str
    of_invoice: str = ""


class _Booked(NamedTuple):
    key: str
    pk: int
    amount: Decimal


TO_PAYMENTS: Final = (
    Way("transaction", "transaction_token"),
    Way("reference", "invoice", "reference"),
    Way("gateway_invoice", "invoice", "gateway_id"),
)
TO_REFUNDS: Final = (
    Way("transaction", "reference"),
    Way("transaction", "payment__transaction_token"),
    Way("reference", "payment__invoice", "reference"),
    Way("gateway_invoice", "payment__invoice", "gateway_id"),
)


def pair(lines: Lines, field: str, booked: QuerySet[Any], way: Way, *, merchant_id: int, sign: int = 1) -> None:
    """
    Give each line the first of what was booked that no line has, one of its own amount before others.

    :param field: of the line: payment or refund
    :param sign: -1 where the line's amount is below zero and what was booked is above
    """
    told = lines.filter(payment=None, refund=None).exclude(**{way.key: ""}).order_by("pk")
    for some in in_chunks(list(told.values_list("pk", way.key, "amount")), LINES_AT_ONCE):
        free = _free(booked, way, {key for _pk, key, _amount in some}, field=field, merchant_id=merchant_id)
        paired = [
            GatewayStatementLine(pk=pk, **{f"{field}_id": _take(free[key], sign * amount)})
            for pk, key, amount in some
            if free[key]
        ]
        GatewayStatementLine.objects.bulk_update(paired, [field], batch_size=_WRITTEN_AT_ONCE)


def keys_of_another_line(
    payments: QuerySet[Payment], way: Way, keys: Collection[str], *, merchant_id: int
) -> Collection[str]:
    """Which of the keys tell a payment that a line has."""
    booked = list(_booked_under(payments, way, keys, merchant_id=merchant_id))
    taken = _taken(booked, field="payment", merchant_id=merchant_id)
    return {each.key for each in booked if each.pk in taken}


def _take(free: list[_Booked], amount: Decimal) -> int:
    best = next((each for each in free if each.amount == amount), free[0])
    free.remove(best)
    return best.pk


def _free(
    booked: QuerySet[Any], way: Way, keys: Collection[str], *, field: str, merchant_id: int
) -> dict[str, list[_Booked]]:
    """By key, what no line has yet, the first before later ones."""
    found = list(_booked_under(booked, way, keys, merchant_id=merchant_id))
    taken, free = _taken(found, field=field, merchant_id=merchant_id), defaultdict(list)
    for each in found:
        if each.pk not in taken:
            free[each.key].append(each)
    return free


def _taken(booked: Collection[_Booked], *, field: str, merchant_id: int) -> set[int]:
    lines = GatewayStatementLine.objects.filter(merchant_id=merchant_id)
    return set(lines.filter(**{f"{field}__in": [each.pk for each in booked]}).values_list(field, flat=True))


def _booked_under(booked: QuerySet[Any], way: Way, keys: Collection[str], *, merchant_id: int) -> Iterator[_Booked]:
    if not way.of_invoice:
        found = booked.filter(**{f"{way.path}__in": keys}).order_by("pk")
        yield from map(_Booked._make, found.values_list(way.path, "pk", "amount"))
        return
    of_merchant = Invoice.objects.filter(merchant_id=merchant_id, **{f"{way.of_invoice}__in": keys})
    # That it is not empty is told in the words of the index of those that are not.
    invoices = dict(of_merchant.exclude(**{way.of_invoice: ""}).values_list("pk", way.of_invoice))
    found = booked.filter(**{f"{way.path}__in": list(invoices)}).order_by("pk")
    for invoice, pk, amount in found.values_list(way.path, "pk", "amount"):
        yield _Booked(invoices[invoice], pk, amount)
