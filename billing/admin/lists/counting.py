"""How many rows a list has: exactly while they are few, about how many when counting them would take long."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST_COUNTED: Final = 10_000
MOST_ON_A_TAB: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class ListCount:
    number: int
    is_exact: bool


def count_of(rows: QuerySet[Any]) -> ListCount:
    counted = rows.order_by()[: MOST_COUNTED + 1].count()
    if counted <= MOST_COUNTED:
        return ListCount(number=counted, is_exact=True)
    return ListCount(number=max(counted, estimate_of(rows)), is_exact=False)


def estimate_of(rows: QuerySet[Any]) -> int:
    """What the planner expects; without one, the true count."""
    if connection.vendor != "postgresql":
        return rows.count()
    (plan,) = json.loads(rows.order_by().explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])


def count_each(lists: Mapping[str, QuerySet[Any]], *, most: int = MOST_ON_A_TAB) -> dict[str, int]:
    """Several lists in one statement; `most` + 1 stands for more than `most`."""
    parts: list[str] = []
    values: list[Any] = []
    names: list[str] = []
    for name, rows in lists.items():
        try:
            statement, parameters = rows.order_by().values("pk")[: most + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        names.append(name)
        # The statement is the ORM's own, its values apart from it.
        parts.append(f"(SELECT COUNT(*) FROM ({statement}) AS counted_{len(parts)})")  # noqa: S608
        values.extend(parameters)
    found: tuple[int, ...] = ()
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts)}", values)
            found = cursor.fetchone()
    return dict.fromkeys(lists, 0) | dict(zip(names, found, strict=True))
