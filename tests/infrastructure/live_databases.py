"""Databases that real processes and the test both look at: all is committed, nothing is rolled back."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections

from tests.infrastructure.template import MigratedTemplate

_numbers = itertools.count(1)


class LiveDatabase:
    """One database, and `url`, the DATABASE_URL of processes that shall use it."""

    def __init__(self, *, name: str, url: str, server: Mapping[str, Any] | None = None) -> None:
        """:param server: HOST and the like of Django's settings, where it is not the server of this test run"""
        self.name = name
        self.url = url
        self._changes = {"NAME": name, **(server or {})}

    def fetch(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query, on a connection of its own."""
        connection = connections["default"].copy()
        connection.settings_dict = {**connection.settings_dict, **self._changes}
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())

    @contextmanager
    def as_default(self) -> Iterator[None]:
        """Has this process' models and services use it too, in every thread started meanwhile."""
        original_settings, original = connections.settings["default"], connections["default"]
        connections.settings["default"] = {**original_settings, **self._changes}
        del connections["default"]
        ContentType.objects.clear_cache()
        try:
            yield
        finally:
            connections["default"].close()
            connections.settings["default"] = original_settings
            connections["default"] = original
            ContentType.objects.clear_cache()


def forget_connection() -> None:
    """
    Has the next query connect to what is the default now.

    While a browser is open its event loop runs in this thread, and Django keeps a connection of its own for that: the
    one it had when another browser was open, to what was the default then.
    """
    connections["default"].close()
    del connections["default"]


class LiveDatabases:
    """Makes them, each a copy of the migrated template."""

    def __init__(self, template: MigratedTemplate, folder: Path) -> None:
        self._template = template
        self._folder = folder

    def create(self) -> LiveDatabase:
        template = self._template.prepare()
        name = self._new_name()
        if self._template.on_sqlite:
            path = self._folder / f"{name}.sqlite3"
            shutil.copyfile(template, path)
            return LiveDatabase(name=str(path), url=f"sqlite:///{path}")
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._on_server(name)

    def create_empty(self) -> LiveDatabase:
        """Without a table, on PostgreSQL: to restore a backup into."""
        name = self._new_name()
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return self._on_server(name)

    def drop(self, database: LiveDatabase) -> None:
        if self._template.on_sqlite:
            for ending in ("", "-wal", "-shm"):
                Path(database.name + ending).unlink(missing_ok=True)
        else:
            self._administer(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')

    def _new_name(self) -> str:
        return f"live_{self._folder.name.rpartition('-')[2].lower()}_{os.getpid()}_{next(_numbers)}"

    def _on_server(self, name: str) -> LiveDatabase:
        return LiveDatabase(name=name, url=os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}")

    def _administer(self, statement: str) -> None:
        with connections["default"]._nodb_cursor() as cursor:
            cursor.execute(statement)
