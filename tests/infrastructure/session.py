"""What one test run starts: a database server, shared by its processes, and a Valkey for each of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from tests.infrastructure.postgres import PostgresCluster, postgres_binaries
from tests.infrastructure.valkey import ValkeyServer

FOLDER = "TEST_INFRASTRUCTURE_FOLDER"
_CLUSTER = "postgresql"

# The same secrets in this process and in those it starts, and long enough for production settings.
ENVIRONMENT = {
    "DEBUG": "1",
    "SANDBOX_GATEWAY": "1",
    "GATEWAY_ALLOW_PRIVATE": "1",
    "PUBLIC_BASE_URL": "http://testserver",
    "SECRET_KEY": "for-tests-only-secret-key-" + "s" * 32,
    "FIELD_ENCRYPTION_KEYS": "for-tests-only-field-encryption-" + "f" * 32,
    "API_KEY_HMAC_KEY": "for-tests-only-api-key-hmac-" + "h" * 32,
}


class DatabaseMissing(Exception):
    """TEST_DATABASE asks for a PostgreSQL that is not installed."""


class TestSession:
    """
    Sets the environment that Django's settings are read from.

    Only the first process of a run starts the database server; pytest-xdist's workers inherit its address.
    """

    __test__ = False

    def __init__(self) -> None:
        self.is_first = "PYTEST_XDIST_WORKER" not in os.environ
        self.cluster: PostgresCluster | None = None
        self.database = ""
        if self.is_first:
            self.folder = Path(tempfile.mkdtemp(prefix="billing-tests-"))
            self.folder.chmod(0o755)
            os.environ[FOLDER] = str(self.folder)
        else:
            self.folder = Path(os.environ[FOLDER])
        own_folder = self.folder / os.environ.get("PYTEST_XDIST_WORKER", "first")
        own_folder.mkdir()
        self.valkey = ValkeyServer(own_folder)

    @property
    def goes_with_its_folder(self) -> bool:
        """Every database that this run makes, unless a server that outlives it was named."""
        return os.environ["DATABASE_URL"].startswith("sqlite") or (self.folder / _CLUSTER).exists()

    def start(self) -> None:
        static_root = self.folder / "static"
        static_root.mkdir(exist_ok=True)
        os.environ.update(ENVIRONMENT, STATIC_ROOT=str(static_root))
        self.valkey.start()
        os.environ["REDIS_URL"] = self.valkey.url
        if self.is_first:
            self._choose_database()

    def stop(self) -> None:
        self.valkey.stop()
        if self.cluster:
            self.cluster.stop()
        if self.is_first:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _choose_database(self) -> None:
        wanted = os.environ.get("TEST_DATABASE", "")
        binaries = postgres_binaries()
        if wanted == "sqlite":
            self._use_sqlite("as TEST_DATABASE says")
        elif "DATABASE_URL" in os.environ:
            self.database = "the one DATABASE_URL names"
        elif binaries:
            self._start_cluster(binaries)
        elif wanted:
            raise DatabaseMissing(f"TEST_DATABASE is {wanted!r}, but there is no initdb. Install PostgreSQL.")
        else:
            self._use_sqlite("no initdb here; install PostgreSQL to test on it as well")

    def _start_cluster(self, binaries: Path) -> None:
        self.cluster = PostgresCluster(self.folder / _CLUSTER, binaries)
        self.cluster.create()
        os.environ["DATABASE_URL"] = self.cluster.url()
        self.database = f"PostgreSQL, a private cluster on port {self.cluster.port} ({binaries})"

    def _use_sqlite(self, reason: str) -> None:
        os.environ["DATABASE_URL"] = f"sqlite:///{self.folder}/billing.sqlite3"
        self.database = f"SQLite ({reason})"
