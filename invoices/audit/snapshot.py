"""All checks read one state of the book: what is written meanwhile would look like differences between two of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Reading only, however long it takes; nobody waits for it. Inside a transaction, that one's own view counts."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with _sqlite_snapshot():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            with _unhurried():
                yield


@contextmanager
def _unhurried() -> Iterator[None]:
    """The connection itself waits for its answers too."""
    raw = connection.connection
    usual, raw.answer_timeout = raw.answer_timeout, None
    try:
        yield
    finally:
        raw.answer_timeout = usual


@contextmanager
def _sqlite_snapshot() -> Iterator[None]:
    # Django's own transactions begin with the lock for writing, which would keep everybody else from it.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("COMMIT")
