"""A clock that is moved: this process' own, and that of the database, which all its processes share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine
from django.db import connection

_SET_UP = """
    CREATE SCHEMA moved_clock;
    CREATE TABLE moved_clock.shift (seconds double precision NOT NULL);
    INSERT INTO moved_clock.shift VALUES (0);
    CREATE FUNCTION moved_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
        SELECT pg_catalog.clock_timestamp() + (SELECT make_interval(secs => seconds) FROM moved_clock.shift)
    $$
"""


class MovingClock:
    """
    `advance` moves it; a negative time moves it back.

    PostgreSQL looks `clock_timestamp` up along its search path, where ours comes before its own: so every process on
    this database sees the moved time, and none of our code is touched. SQLite has no clock but that of the process.
    """

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller
        self._shift = timedelta(0)

    def advance(self, by: timedelta) -> None:
        self._shift += by
        self._traveller.shift(by)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("UPDATE moved_clock.shift SET seconds = %s", [self._shift.total_seconds()])

    def reset(self) -> None:
        self.advance(-self._shift)


@contextmanager
def moving_clock() -> Iterator[MovingClock]:
    """The clock of "default" and of this process, as long as the block lasts; nothing else in it may be rolled back."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        _execute(_SET_UP)
        _execute(f'ALTER DATABASE "{name}" SET search_path = moved_clock, pg_catalog, public')
    try:
        with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
            yield MovingClock(traveller)
    finally:
        if connection.vendor == "postgresql":
            _execute(f'ALTER DATABASE "{name}" RESET search_path')
            _execute("DROP SCHEMA moved_clock CASCADE")


def _execute(statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements.split(";\n") if "$$" in statements else [statements]:
            cursor.execute(statement)
    connection.close()  # the next one begins with the new search path
