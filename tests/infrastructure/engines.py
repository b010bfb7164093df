"""Which tests prove on one database what they prove on the other, so that CI's second run leaves them out."""

from __future__ import annotations

import pytest

_DATABASES = {"db", "transactional_db", "live_server", "live_database"}
_ANSWERED_BY_POSTGRESQL = {"browser", "processes", "once"}


def is_proved_elsewhere(test: pytest.Item, *, on_sqlite: bool) -> bool:
    """
    True if the run on the other database answers for this test.

    PostgreSQL's answers for browsers, for processes, for whatever is marked `once`, and for tests that ask for no
    database: Django lets those reach none. SQLite's answers for what is marked `sqlite`. All others run on both.
    """
    marks = {mark.name for mark in test.iter_markers()}
    if "sqlite" in marks:
        return not on_sqlite
    asks_for_none = "django_db" not in marks and _DATABASES.isdisjoint(getattr(test, "fixturenames", ()))
    return on_sqlite and (asks_for_none or not marks.isdisjoint(_ANSWERED_BY_POSTGRESQL))


def is_slow(test: pytest.Item) -> bool:
    """Real processes take long: begun first, they leave no worker with the last one alone."""
    return test.get_closest_marker("processes") is not None
