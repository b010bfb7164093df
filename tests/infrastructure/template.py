"""
A migrated database to copy, made once for all processes of a run.

Migrating takes longer than most files of tests. What it made is kept under var/ as long as no migration, model or
requirement changes, so that the next run begins with a copy.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connections

from tests.infrastructure.postgres import postgres_binaries

_MOST_KEPT = 8
_SQLITE = "sqlite:///"


class MigratedTemplate:
    """`name` is a database of the server, on SQLite a file."""

    def __init__(self, folder: Path) -> None:
        """:param folder: the run's own"""
        self._folder = folder
        self.on_sqlite = str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")
        token = "live_" + folder.name.rpartition("-")[2].lower()
        self.name = str(folder / "template.sqlite3") if self.on_sqlite else f"{token}_template"

    def prepare(self) -> str:
        """Its name, once it is there."""
        marker = self._folder / "template-is-ready"
        with (self._folder / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not marker.exists():
                self._make()
                marker.touch()
        return self.name

    def _make(self) -> None:
        if not self.on_sqlite:
            with connections["default"]._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{self.name}"')
        fill(self.url)

    @property
    def url(self) -> str:
        if self.on_sqlite:
            return f"{_SQLITE}{self.name}"
        return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{self.name}"


def fill(url: str) -> Path | None:
    """
    Give an empty database our tables.

    :returns: the kept file that did it or will do it the next time, if there is one
    """
    ending = "sqlite3" if url.startswith(_SQLITE) else "sql"
    kept = Path(settings.BASE_DIR) / "var" / "migrated" / f"{_fingerprint()}.{ending}"
    if kept.exists():
        _restore(kept, url)
    else:
        _migrate(url)
        _keep(kept, url)
    return kept if kept.exists() else None


def _restore(kept: Path, url: str) -> None:
    if url.startswith(_SQLITE):
        shutil.copyfile(kept, url.removeprefix(_SQLITE))
        return
    options = ("--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction")
    _run("psql", *options, f"--file={kept}", f"--dbname={url}")


def _keep(kept: Path, url: str) -> None:
    """Where PostgreSQL's programs are not at hand the next run migrates again."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    half = kept.with_suffix(f".{os.getpid()}")
    if url.startswith(_SQLITE):
        shutil.copyfile(url.removeprefix(_SQLITE), half)
    elif postgres_binaries():
        _run("pg_dump", "--no-owner", f"--file={half}", f"--dbname={url}")
    else:
        return
    half.replace(kept)
    newest_first = sorted(kept.parent.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for outdated in newest_first[_MOST_KEPT:]:
        outdated.unlink(missing_ok=True)


def _migrate(url: str) -> None:
    answer = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr


def _run(program: str, *arguments: str) -> None:
    binaries = postgres_binaries()
    assert binaries is not None
    command = [str(binaries / program), *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 0, answer.stderr


def _fingerprint() -> str:
    """Of everything that decides what `migrate` makes."""
    digest = hashlib.sha256()
    for path in _deciding():
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:24]


def _deciding() -> Iterator[Path]:
    base = Path(settings.BASE_DIR)
    yield base / "requirements-dev.txt"
    yield base / "config" / "settings.py"
    for app in ("billing", "subscriptions", "invoices"):
        yield from sorted(path for path in (base / app).rglob("*.py") if {"models", "migrations"} & set(path.parts))
