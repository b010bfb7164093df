"""What a person is told before acting on a whole list, and whether it is still so when they say yes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Max, QuerySet

from billing.admin.list_sums import ListSum, sums_of
from billing.admin.page_actions import PageAction
from billing.admin.paging import ROW_ID

TOLD_COUNT: Final = "told_count"
TOLD_NEWEST: Final = "told_newest"
_JUDGED: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """What would happen: `able_rows` of the first `judged` rows are in a state for it. `newest` is the highest key."""

    count: int
    newest: int
    judged: int
    able_rows: Sequence[Any]
    sums: list[ListSum]

    @property
    def able(self) -> int:
        return len(self.able_rows)

    @property
    def unable(self) -> int:
        return self.judged - self.able

    @property
    def told(self) -> list[tuple[str, str]]:
        """What the form of the question carries, for `rows_agreed_to`."""
        return [(TOLD_COUNT, str(self.count)), (TOLD_NEWEST, str(self.newest))]


def dry_run_of(rows: QuerySet[Any], action: PageAction) -> DryRun:
    found = rows.order_by().aggregate(count=Count("pk"), newest=Max("pk"))
    first = list(rows.order_by("pk")[:_JUDGED])
    return DryRun(
        count=found["count"],
        newest=found["newest"] or 0,
        judged=len(first),
        able_rows=[row for row in first if action.is_offered(row)],
        sums=sums_of(rows),
    )


def rows_agreed_to(rows: QuerySet[Any], stated: Mapping[str, str]) -> QuerySet[Any] | None:
    """
    Those of the list that were there when the person was asked; what came since is left for another time.

    None where nothing was told, or where older rows have come into the list: then they are asked again.
    """
    count, newest = (stated.get(name, "") for name in (TOLD_COUNT, TOLD_NEWEST))
    if ROW_ID.fullmatch(count) is None or ROW_ID.fullmatch(newest) is None:
        return None
    agreed = rows.filter(pk__lte=newest)
    return agreed if agreed.count() <= int(count) else None
