"""The time the database has: the one clock that all workers share."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """This instant by the database's clock, in UTC. Leases are made and compared with it."""
    if connection.vendor == "sqlite":
        return timezone.now()  # SQLite has no clock of its own: it is a library in this machine's processes
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    assert isinstance(now, datetime)
    return now
