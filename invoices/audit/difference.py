from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext

CHUNK: Final = 2000
_BETWEEN: Final = " · "


@dataclass(frozen=True, kw_only=True)
class Difference:
    """
    One thing that should not be: which invariant it breaks, on which row, and how.

    `problem` is an English sentence for gettext, without figures; `evidence` are the figures, which need no language.
    """

    invariant: str
    merchant_id: int | None
    subject: str
    subject_id: int
    problem: str
    evidence: str = ""

    @property
    def text(self) -> str:
        return f"{self.problem}{_BETWEEN}{self.evidence}" if self.evidence else self.problem


def in_words(text: str) -> tuple[str, str]:
    """A stored difference's problem in the reader's language, and its evidence."""
    problem, _, evidence = text.partition(_BETWEEN)
    return gettext(problem), evidence


def each(invariant: str, rows: QuerySet[Any], problem: str, evidence: str = "") -> Iterator[Difference]:
    """A difference for every row, of those with a merchant, that a query of wrong rows finds."""
    return keyed(invariant, rows.model.__name__, rows.order_by().values_list("pk", "merchant_id"), problem, evidence)


def keyed(
    invariant: str, subject: str, keys: QuerySet[Any, Any], problem: str, evidence: str = ""
) -> Iterator[Difference]:
    """:param keys: pairs of a row's id and its merchant's"""
    for subject_id, merchant_id in keys.iterator(chunk_size=CHUNK):
        yield Difference(
            invariant=invariant,
            merchant_id=merchant_id,
            subject=subject,
            subject_id=subject_id,
            problem=problem,
            evidence=evidence,
        )
