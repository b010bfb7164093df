"""Numbers as people type them, found whole: in any of several columns, and of related rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db.models import F, Model, Q, QuerySet

_MOST_IDS: Final = 500  # beyond, the database looks the same keys up again: a payout has any number of lines


def find_numbers(rows: QuerySet[Any], paths: tuple[str, ...], term: str) -> QuerySet[Any] | None:
    """The rows with exactly this number; None where there are none."""
    if len(paths) == 1 and "__" not in paths[0]:
        exact = rows.filter(**{f"{paths[0]}__in": ways_to_write(term)})
        return exact if exact.exists() else None
    numbered = with_number(rows, paths, ways_to_write(term))
    ids = [found["pk"] for found in numbered[: _MOST_IDS + 1]]
    if not ids:
        return None
    return rows.filter(pk__in=ids if len(ids) <= _MOST_IDS else numbered)


def with_number(rows: QuerySet[Any], paths: tuple[str, ...], values: Collection[str]) -> Any:
    """
    The keys of the rows that have one of these numbers in any of these columns.

    Each column is asked by itself, and related rows for the row's own merchant: "or" would use no index.
    """
    first, *others = [
        rows.order_by().filter(_of_same_merchant(rows.model, path), **{f"{path}__in": list(values)}).values("pk")
        for path in paths
    ]
    return first.union(*others)


def ways_to_write(number: str) -> tuple[str, ...]:
    """The letter cases that numbers come in. A bill's second number has no index: it ends like the first."""
    upper = number.upper()
    twin = (f"BILL-{upper.removeprefix('BN-')}",) if upper.startswith("BN-") else ()
    return tuple(dict.fromkeys([number, upper, number.lower(), *twin]))


def _of_same_merchant(model: type[Model], path: str) -> Q:
    same, steps = Q(), path.split("__")[:-1]
    for place, step in enumerate(steps, start=1):
        related = model._meta.get_field(step).related_model
        assert isinstance(related, type)
        model = related
        if "merchant" in {field.name for field in model._meta.fields}:
            same &= Q(**{f"{'__'.join(steps[:place])}__merchant": F("merchant")})
    return same
