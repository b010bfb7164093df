"""The rows that a question told of, and whether they are still the same ones when the person says yes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import QuerySet

from billing.row_ids import is_row_id

TOLD_NEWEST: Final = "told_newest"
TOLD_ROWS: Final = "told_rows"
TOLD_EFFECT: Final = "told_effect"


def told_of(rows: QuerySet[Any]) -> dict[str, str]:
    """What the form of the question carries, for `rows_agreed_to`. It reads the id of every row."""
    ids = _ids(rows)
    return {TOLD_NEWEST: str(ids[-1] if ids else 0), TOLD_ROWS: _fingerprint(ids)}


def rows_agreed_to(rows: QuerySet[Any], stated: Mapping[str, str]) -> QuerySet[Any] | None:
    """
    Those of the list that were there when the person was asked; what came since is left for another time.

    None where nothing was told, or where of the older rows another came or went: then they are asked again.
    """
    newest, told = (str(stated.get(name, "")) for name in (TOLD_NEWEST, TOLD_ROWS))
    if not told or not is_row_id(newest):
        return None
    agreed = rows.filter(pk__lte=newest)
    return agreed if _fingerprint(_ids(agreed)) == told else None


def digest_of(sentences: Iterable[str]) -> str:
    """What the form carries of an effect it showed: of another one the person is told first."""
    return hashlib.sha256("\n".join(sentences).encode()).hexdigest()


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _fingerprint(ids: Iterable[int]) -> str:
    """Of which rows, not only of how many: as many may have left as came."""
    return hashlib.sha256(" ".join(map(str, ids)).encode()).hexdigest()
