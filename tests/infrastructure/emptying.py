"""Emptying the test database after a test that really committed."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management import get_commands
from django.core.management.commands.flush import Command as Flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Written by migrating. They are the same after every test.
_KEPT = {"auth_permission", "django_content_type"}


class EmptyTables(Flush):
    """
    The `flush` of these tests.

    Django's truncates every table there is and then writes all permissions anew: a quarter of a second, seven hundred
    times. A test fills a few tables, and emptying those is enough.
    """

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        # Foreign keys are looked at when it commits, so the order does not matter.
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for table in _filled(connection):
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


def empty_quickly() -> None:
    """Has Django call ours whenever it would flush."""
    get_commands()["flush"] = EmptyTables()


def _filled(connection: BaseDatabaseWrapper) -> list[str]:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    looks = [
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})"
        for table in sorted(tables - _KEPT)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(looks))
        return [table for (table,) in cursor.fetchall()]
