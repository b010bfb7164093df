"""What a person is told before acting on a whole list, and whether it is still so when they say yes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from billing.admin.lists.sums import ListSum, sums_of
from billing.admin.lists.told_rows import told_of
from billing.admin.page_actions import PageAction
from billing.jobs.starting import MOST_ROWS

_JUDGED: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """
    What would happen: `able_rows` of the first `judged` rows are in a state for it. `told` is what the form carries.

    `reasons` says of the others why not, and how many there are of each.
    """

    count: int
    told: list[tuple[str, str]]
    judged: int
    able_rows: Sequence[Any]
    reasons: Sequence[tuple[str, int]]
    sums: list[ListSum]

    @property
    def able(self) -> int:
        return len(self.able_rows)

    @property
    def unable(self) -> int:
        return self.judged - self.able


def dry_run_of(rows: QuerySet[Any], action: PageAction, *, now: datetime) -> DryRun:
    count = rows.order_by().count()
    first = list(rows.order_by("pk")[:_JUDGED])
    obstacles = action.obstacles(first, now=now)
    return DryRun(
        count=count,
        told=list(told_of(rows).items()) if count <= MOST_ROWS else [],  # more cannot be started
        judged=len(first),
        able_rows=[row for row in first if row.pk not in obstacles],
        reasons=Counter(str(reason) for reason in obstacles.values()).most_common(),
        sums=sums_of(rows),
    )
