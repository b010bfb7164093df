"""How PostgreSQL plans what the office asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def planned_anew() -> Iterator[None]:
    """
    Every statement by the values it is asked with.

    A prepared one gets a plan for all merchants alike after some runs: right for the largest, and for a small one whose
    rows are old it reads the whole table. Posting bills and pushing have no such statements, and gain by preparing.
    """
    opened = connection.connection
    if connection.vendor != "postgresql" or opened is None:
        yield
        return
    kept, opened.prepare_threshold = opened.prepare_threshold, None
    try:
        yield
    finally:
        opened.prepare_threshold = kept
