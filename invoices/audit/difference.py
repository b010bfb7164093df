from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Model, QuerySet


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that should not be: which invariant it breaks, on which row, and how."""

    invariant: str
    subject: str
    subject_id: int
    problem: str


def each(invariant: str, rows: QuerySet[Model], problem: str) -> Iterator[Difference]:
    """A difference for every row that a query of wrong rows finds."""
    return _differences(invariant, rows.model.__name__, rows.values_list("pk", flat=True), problem)


def _differences(invariant: str, subject: str, ids: Iterable[int], problem: str) -> Iterator[Difference]:
    for subject_id in ids:
        yield Difference(invariant=invariant, subject=subject, subject_id=subject_id, problem=problem)
