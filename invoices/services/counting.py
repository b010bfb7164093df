"""Many counts in one question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from billing.models import Merchant


def count_together(merchant_id: int, rows: Sequence[QuerySet[Any]]) -> list[int]:
    """:param rows: each of this merchant's rows alone"""
    counts = {f"count_{place}": _count(each) for place, each in enumerate(rows)}
    found: Any = Merchant.objects.order_by().values(**counts).get(pk=merchant_id)
    return [found[name] for name in counts]


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("merchant").annotate(how_many=Count("pk")).values("how_many")
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())
