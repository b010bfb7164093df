"""What a list adds up to: one sum for each currency, dinars and riyals are not added up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, F, Model, QuerySet, Sum, Value, When
from django.utils.safestring import SafeString

from billing.admin.cells import money
from billing.admin.lists.counting import MOST_COUNTED, ListCount, estimate_of
from billing.fields import MoneyField
from billing.money import ZERO, from_thousandths

_SUMS: Final = (
    "SELECT sum_currency, COUNT(*), SUM(sum_amount), SUM(sum_owed) "
    "FROM ({}) AS cut GROUP BY sum_currency ORDER BY sum_currency"
)


@dataclass(frozen=True, kw_only=True)
class ListSum:
    """`amount` and `open` (what is still owed of it) are ready to print."""

    currency: str
    count: int
    amount: SafeString
    open: SafeString | None


@dataclass(frozen=True, kw_only=True)
class FirstSums:
    """Of at most so many rows as are counted: where there are more, the sums are smaller than the list's."""

    count: ListCount
    sums: list[ListSum]


def sums_of(rows: QuerySet[Any]) -> list[ListSum]:
    """Of every row, however long that takes. Empty for rows without an amount."""
    names = _names(rows)
    currency = _currency_path(names)
    if "amount" not in names or currency is None:
        return []
    grouped = rows.order_by().annotate(sum_currency=F(currency)).values("sum_currency")
    sums = grouped.annotate(total=Sum("amount"), n=Count("pk"), owed=Sum(_owed(rows.model)))
    return [
        _sum(each["sum_currency"], each["n"], each["total"], each["owed"]) for each in sums.order_by("sum_currency")
    ]


def first_sums(rows: QuerySet[Any]) -> FirstSums | None:
    """The sums and the count in one statement of bounded cost; None for rows without an amount."""
    names = _names(rows)
    currency = _currency_path(names)
    if "amount" not in names or currency is None:
        return None
    found = list(_grouped(rows, currency))
    number = sum(count for _currency, count, _total, _owed in found)
    is_exact = number <= MOST_COUNTED
    count = ListCount(number=number if is_exact else max(number, estimate_of(rows)), is_exact=is_exact)
    return FirstSums(count=count, sums=[_sum(*each) for each in found])


def _grouped(rows: QuerySet[Any], currency: str) -> Iterable[tuple[str, int, Decimal, Decimal]]:
    # The ORM cannot group what is cut off; a list of ids in its place costs a million rows their sort.
    columns = {"sum_currency": F(currency), "sum_amount": F("amount"), "sum_owed": _owed(rows.model)}
    cut = rows.order_by().select_related(None).annotate(**columns).values(*columns)[: MOST_COUNTED + 1]
    try:
        statement, parameters = cut.query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(statement), parameters)
        for code, count, total, owed in cursor.fetchall():
            yield code, count, from_thousandths(int(total)), from_thousandths(int(owed))


def _owed(model: type[Model]) -> Case:
    """As the rows' own `amount_due`; nothing of what never owes, like payments."""
    statuses = getattr(model, "STILL_OWED", ())
    still_owed = [When(status__in=sorted(statuses), then=F("amount") - F("amount_paid"))] if statuses else []
    return Case(*still_owed, default=Value(ZERO), output_field=MoneyField())


def _names(rows: QuerySet[Any]) -> set[str]:
    return {field.name for field in rows.model._meta.get_fields()}


def _currency_path(names: set[str]) -> str | None:
    if "currency" in names:
        return "currency"
    return "subscription__currency" if "subscription" in names else None


def _sum(currency: str, count: int, total: Decimal, owed: Decimal) -> ListSum:
    return ListSum(
        currency=currency,
        count=count,
        amount=money(total, currency),
        open=money(owed, currency) if owed > ZERO else None,
    )
