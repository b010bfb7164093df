"""Fixtures for every test: servers to break, processes to kill, databases to share with them, a browser."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from tests.infrastructure.browser import chromium_binary, running_chromium
from tests.infrastructure.emptying import empty_quickly
from tests.infrastructure.engines import is_proved_elsewhere, is_slow
from tests.infrastructure.live_databases import LiveDatabase, LiveDatabases
from tests.infrastructure.plugin import SESSION
from tests.infrastructure.postgres import PostgresCluster, postgres_binaries
from tests.infrastructure.processes import Processes, RunningProcess, WebServer
from tests.infrastructure.session import FOLDER
from tests.infrastructure.valkey import ValkeyServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django import DjangoDbBlocker

    from tests.infrastructure.session import TestSession
    from tests.infrastructure.template import MigratedTemplate


def missing(reason: str) -> NoReturn:
    """Skips the test on a machine that cannot run it. CI can run all of them."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_configure() -> None:
    empty_quickly()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begins with what takes long, and leaves out what the other of two runs proves, where `--one-of-two` says so."""
    items.sort(key=is_slow, reverse=True)
    if config.option.one_of_two:
        on_sqlite = os.environ["DATABASE_URL"].startswith("sqlite")
        elsewhere = {test for test in items if is_proved_elsewhere(test, on_sqlite=on_sqlite)}
        config.hook.pytest_deselected(items=list(elsewhere))
        items[:] = [test for test in items if test not in elsewhere]


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> TestSession:
    return pytestconfig.stash[SESSION]


@pytest.fixture(scope="session")
def migrated_template(servers: TestSession) -> MigratedTemplate:
    from tests.infrastructure.template import MigratedTemplate

    return MigratedTemplate(servers.folder)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    servers: TestSession,
    migrated_template: MigratedTemplate,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """
    The test database is a copy of the migrated template, and not migrated again.

    On SQLite it is a file: one in memory knows no WAL and locks differently.
    """
    from django.conf import settings
    from django.db import connections

    with django_db_blocker.unblock():
        template = migrated_template.prepare()
    stated: dict[str, Any] = {"MIGRATE": False, "TEMPLATE": template}
    if migrated_template.on_sqlite:
        name = str(servers.folder / f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'first')}.sqlite3")
        shutil.copyfile(template, name)
        stated = {"MIGRATE": False, "NAME": name}
    for database in (settings.DATABASES["default"], connections["default"].settings_dict):
        database.setdefault("TEST", {}).update(stated)


@pytest.fixture(scope="session")
def django_db_keepdb(servers: TestSession) -> bool:
    """SQLite's file is there already, and dropping waits for threads that still hold connections."""
    return servers.goes_with_its_folder


@pytest.fixture(autouse=True)
def empty_valkey(servers: TestSession) -> None:
    """Every test begins with no counters, no cached answers and no tasks of the one before."""
    servers.valkey.restore()


@pytest.fixture
def valkey(servers: TestSession) -> Iterator[ValkeyServer]:
    """The Valkey that REDIS_URL names, to stop, start, hang, resume or flush; whole again afterwards."""
    yield servers.valkey
    servers.valkey.restore()


@pytest.fixture
def private_postgres() -> Iterator[PostgresCluster]:
    """A PostgreSQL of this test's own, to stop, restart or hang. Empty: migrate what you need."""
    binaries = postgres_binaries()
    if binaries is None:
        missing("PostgreSQL is not installed.")

    with tempfile.TemporaryDirectory(prefix="billing-postgresql-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        cluster = PostgresCluster(Path(folder) / "cluster", binaries)
        try:
            cluster.create()
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture(scope="session")
def live_databases(migrated_template: MigratedTemplate) -> LiveDatabases:
    return LiveDatabases(migrated_template, Path(os.environ[FOLDER]))


@pytest.fixture
def live_database(live_databases: LiveDatabases, django_db_blocker: DjangoDbBlocker) -> Iterator[LiveDatabase]:
    """
    A freshly migrated database of this test's own.

    Models and services of this process use it as "default", and so do the processes that the other fixtures
    start. Everything is really committed. Not together with `django_db`.
    """
    with django_db_blocker.unblock():
        database = live_databases.create()
        with database.as_default():
            yield database
        live_databases.drop(database)


@pytest.fixture
def processes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Processes]:
    """Starts real processes on `live_database`, if the test asks for one; none outlives the test."""
    uses_live_database = "live_database" in request.fixturenames
    live: LiveDatabase | None = request.getfixturevalue("live_database") if uses_live_database else None
    started = Processes(tmp_path, database_url=live.url if live else None)
    yield started
    started.end()


@pytest.fixture
def start_process(processes: Processes) -> Callable[..., RunningProcess]:
    return processes.start


@pytest.fixture
def celery_worker(processes: Processes) -> Callable[..., RunningProcess]:
    """`celery_worker(env=…, concurrency=2, arguments=["-B"])`"""
    return processes.celery_worker


@pytest.fixture
def gunicorn(processes: Processes) -> Callable[..., WebServer]:
    """`gunicorn(env=…, workers=1, threads=8)`, then `.base_url`"""
    return processes.gunicorn


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    binary = chromium_binary()
    if binary is None:
        missing("Chromium is not installed.")
    with running_chromium(binary) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty tab without cookies, of a phone's width or wider as the test sets it."""
    context: Any = chromium.new_context()
    yield context.new_page()
    context.close()
