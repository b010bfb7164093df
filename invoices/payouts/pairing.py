"""Which of what was booked a line is about: by the keys it states, and by its amount where several have them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.db.models import Exists, ExpressionWrapper, F, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from billing.fields import MoneyField
from billing.money import ZERO
from invoices.models import GatewayStatementLine, Invoice, Payment

Lines = QuerySet[GatewayStatementLine]


class Way(NamedTuple):
    """By which column of the line; by which of what was booked, or of the invoice it was booked for."""

    key: str
    path: str
    of_invoice: str = ""


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


def pair(lines: Lines, field: str, booked: QuerySet[Any], way: Way, *, amount: Any) -> None:
    """
    Give each line the first of what was booked that no line has, one of its own amount before others.

    Of lines with the same key only the first is given one at a time, or they would be given the same.
    """
    free = _of(booked, way).exclude(_is_taken(field))
    first = free.order_by("pk").values("pk")
    # Two subqueries, for SQLite sorts none by a column of the row outside it; and no look-up by the amount, which many
    # have.
    of_its_amount = first.alias(gap=ExpressionWrapper(F("amount") - amount, output_field=MoneyField())).filter(gap=0)
    best = Coalesce(Subquery(of_its_amount[:1]), Subquery(first[:1]))
    # Not EXISTS, of which PostgreSQL makes a join of everything with everything.
    open_lines = lines.alias(any=Subquery(first[:1])).filter(payment=None, refund=None).exclude(**{way.key: ""})
    while True:
        firsts = open_lines.order_by().values(way.key).annotate(first=Min("pk")).values("first")
        if not open_lines.filter(pk__in=firsts).filter(any__isnull=False).update(**{field: best}):
            return


def of_another_line(lines: Lines, payments: QuerySet[Payment], way: Way) -> Lines:
    """Those that tell a payment which another line has."""
    taken = _of(payments, way).filter(_is_taken("payment")).values("pk")
    return lines.exclude(**{way.key: ""}).alias(another=Subquery(taken[:1])).filter(another__isnull=False)


def _is_taken(field: str) -> Exists:
    return Exists(GatewayStatementLine.objects.filter(merchant=OuterRef("merchant"), **{field: OuterRef("pk")}))


def _of(booked: QuerySet[Any], way: Way) -> QuerySet[Any]:
    if not way.of_invoice:
        return booked.filter(**{way.path: OuterRef(way.key)})
    # That it is not empty is told in the words of the index of those that are not.
    invoices = Invoice.objects.filter(
        merchant=OuterRef(OuterRef("merchant")), **{way.of_invoice: OuterRef(OuterRef(way.key))}
    )
    return booked.filter(**{f"{way.path}__in": invoices.exclude(**{way.of_invoice: ""}).values("pk")})


def below_zero(amount: Any) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(Value(ZERO, output_field=MoneyField()) - amount, output_field=MoneyField())
