"""
Queries of the ORM whose SQL is built once, with places for what changes.

Django builds the SQL of a query anew each time. Here that cost more than running it (`bench/push.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

_GIVEN: Final = object()
_IDS_LISTED: Final = {
    "postgresql": "SELECT unnest(%s::bigint[])",
    "sqlite": "SELECT value FROM json_each(%s)",
}


class CompiledQuery:
    """:param rows: a `values_list` query, with `given` wherever a value is told each time"""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._compiler = rows.query.get_compiler(connection=connection)
        self._statement, self._parameters = self._compiler.as_sql()

    def rows(self, *values: Any) -> Iterable[tuple[Any, ...]]:
        """:param values: in the order of their places in the statement, as the database takes them"""
        told = iter(values)
        parameters: list[Any] = [next(told) if each is _GIVEN else each for each in self._parameters]
        with connection.cursor() as cursor:
            cursor.execute(self._statement, parameters)
            found = cursor.fetchall()
        rows: Iterable[tuple[Any, ...]] = self._compiler.results_iter([found], tuple_expected=True)
        return rows


def given(count: int = 1, *, within: str = "%s") -> RawSQL:
    """A place for a value; or the SQL text `within`, with so many of them."""
    return RawSQL(within, [_GIVEN] * count)  # noqa: S611 (a text of ours)


def given_ids() -> RawSQL:
    """A place for as many ids as there are, told as `listed`."""
    return given(within=ids_listed())


def ids_listed() -> str:
    """
    The rows of one parameter that holds ids.

    A list of parameters would be another statement for each length. Each is prepared anew, which takes longer than
    running it, and psycopg takes long ones apart again every time.
    """
    return _IDS_LISTED[connection.vendor]


def listed(ids: Iterable[int]) -> list[int] | str:
    return list(ids) if connection.vendor == "postgresql" else json.dumps(list(ids))


def stored_instant(instant: datetime) -> Any:
    """As this kind of database takes it."""
    return connection.ops.adapt_datetimefield_value(instant)
