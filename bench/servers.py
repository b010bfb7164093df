"""The servers a bench runs on: a PostgreSQL that flushes as in production, a Valkey, gunicorn; none outlives it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.infrastructure.ports import HOST, free_port
from tests.infrastructure.postgres import PostgresCluster, postgres_binaries
from tests.infrastructure.valkey import ValkeyServer
from tests.infrastructure.waiting import wait_until

PROJECT = Path(__file__).resolve().parent.parent
SECRETS = {name: name.lower() * 8 for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "API_KEY_HMAC_KEY")}


@contextmanager
def running_servers() -> Iterator[tuple[PostgresCluster, dict[str, str]]]:
    """The cluster, and the environment in which a process of the product uses both."""
    binaries = postgres_binaries()
    if binaries is None:
        sys.exit("This bench needs PostgreSQL's binaries.")
    with tempfile.TemporaryDirectory(prefix="billing-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "static").mkdir()
        cluster, valkey = PostgresCluster(folder / "postgresql", binaries, is_durable=True), ValkeyServer(folder)
        try:
            cluster.create()
            valkey.start()
            yield cluster, _environment(cluster, valkey, folder)
        finally:
            valkey.stop()
            cluster.stop(signal.SIGINT)


def _environment(cluster: PostgresCluster, valkey: ValkeyServer, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        **SECRETS,
        "DEBUG": "0",
        "DATABASE_URL": cluster.url(),
        "REDIS_URL": valkey.url,
        "PUBLIC_BASE_URL": "http://127.0.0.1",
        "LOG_LEVEL": "WARNING",
        "STATIC_ROOT": str(folder / "static"),
    }


def manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running_gunicorn(environment: dict[str, str], application: str = "config.wsgi") -> Iterator[tuple[str, int]]:
    """Its address and the pid of its master."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", application, "--bind", f"{HOST}:{port}", "--no-control-socket"),
        *("--workers", "4", "--threads", "2", "--log-level", "warning", "--keep-alive", "60"),
    ]
    server = subprocess.Popen(command, cwd=PROJECT, env=environment)
    try:
        wait_until(lambda: listens(port), 30, reason="gunicorn listens")
        yield f"http://{HOST}:{port}", server.pid
    finally:
        server.terminate()
        server.wait(30)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
