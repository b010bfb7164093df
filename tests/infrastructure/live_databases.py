"""Databases that real processes and the test both look at: all is committed, nothing is rolled back."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections

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


class LiveDatabases:
    """Makes them, each a copy of one migrated template."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._on_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
        self._token = "live_" + folder.name.rpartition("-")[2].lower()

    def create(self) -> LiveDatabase:
        self._prepare_template()
        name = f"{self._token}_{os.getpid()}_{next(_numbers)}"
        if self._on_sqlite:
            path = self._path(name)
            shutil.copyfile(self._path(self._template), path)
            return LiveDatabase(name=str(path), url=f"sqlite:///{path}")
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        return LiveDatabase(name=name, url=self._url(name))

    def drop(self, database: LiveDatabase) -> None:
        if self._on_sqlite:
            for ending in ("", "-wal", "-shm"):
                Path(database.name + ending).unlink(missing_ok=True)
        else:
            self._administer(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')

    def drop_template(self) -> None:
        """The last process of the run to ask for it does it."""
        if not self._on_sqlite:
            self._administer(f'DROP DATABASE IF EXISTS "{self._template}" WITH (FORCE)')

    @property
    def _template(self) -> str:
        return f"{self._token}_template"

    def _prepare_template(self) -> None:
        """Migrates it once for all processes of the run."""
        marker = self._folder / "live-template-is-ready"
        with (self._folder / "live-template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if marker.exists():
                return
            if not self._on_sqlite:
                self._administer(f'CREATE DATABASE "{self._template}"')
            migrate(self._url(self._template))
            marker.touch()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"

    def _url(self, name: str) -> str:
        if self._on_sqlite:
            return f"sqlite:///{self._path(name)}"
        return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"

    def _administer(self, statement: str) -> None:
        with connections["default"]._nodb_cursor() as cursor:
            cursor.execute(statement)


def migrate(url: str) -> None:
    """Give an empty database our tables."""
    answer = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
