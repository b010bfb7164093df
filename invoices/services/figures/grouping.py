"""One part of the statement that counts what is open."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, Count, F, QuerySet, Sum, Value, When

from billing.fields import MoneyField


def part(rows: QuerySet[Any], name: Any, currency: str = "", amount: Any = None) -> QuerySet[Any, Any]:
    """(merchant, figure, currency, rows, amount), grouped."""
    figure = Case(When(pk__isnull=False, then=name), output_field=CharField()) if isinstance(name, Value) else name
    of_currency = F(currency) if currency else Value("", CharField())
    total = Sum(Value(0) if amount is None else amount, output_field=MoneyField())
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(figure=figure, of_currency=of_currency)
        .values_list("merchant_id", "figure", "of_currency")
        .annotate(rows=Count("pk"), total=total)
    )
    return found
