"""A private PostgreSQL cluster in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from tests.infrastructure.ports import HOST, free_port
from tests.infrastructure.servers import end_server, start_server, unprivileged_user
from tests.infrastructure.waiting import wait_until

ROLE = DATABASE = "billing"

_MOST_PORTS = 5

# Nothing here has to survive a power cut.
_FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def postgres_binaries() -> Path | None:
    """The folder with initdb and postgres: the newest installed, or the one on the PATH."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: path.parts[-3].zfill(4),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    candidates = [*installed, *([Path(on_path).resolve()] if on_path else [])]
    return next((path.parent for path in candidates if (path.parent / "postgres").exists()), None)


class PostgresCluster:
    """Listens on a free TCP port and a Unix socket. Everyone here may connect: it holds only tests."""

    def __init__(self, folder: Path, binaries: Path, *, is_durable: bool = False) -> None:
        """:param is_durable: flush at every commit, as in production; the benchmarks want that"""
        self.folder = folder
        self.binaries = binaries
        self._durability = [] if is_durable else _FAST
        self.port = free_port()
        self._user = unprivileged_user()
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, database: str = DATABASE) -> str:
        return f"postgres://{ROLE}@{HOST}:{self.port}/{database}"

    @property
    def pid(self) -> int:
        assert self._server is not None
        return self._server.pid

    def create(self) -> None:
        """Initialises the cluster, starts it and creates an empty database."""
        self.folder.mkdir(parents=True)
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        initdb = start_server(
            [
                *(str(self.binaries / "initdb"), "--pgdata", str(self.folder / "data"), "--username", ROLE),
                *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            log_path=self.folder.with_suffix(".log"),
            user=self._user,
        )
        if initdb.wait(60) != 0:
            raise RuntimeError("initdb failed: " + self.folder.with_suffix(".log").read_text(errors="replace"))
        self._start_on_a_port_of_its_own()
        self.execute(f"CREATE DATABASE {DATABASE}")

    def _start_on_a_port_of_its_own(self) -> None:
        """A port that was free before initdb may be another cluster's by now, which would answer in our place."""
        for _ in range(_MOST_PORTS):
            self.start()
            if self._answers_for_us():
                return
            self.stop()
            self.port = free_port()
        raise RuntimeError(f"{_MOST_PORTS} ports were taken by somebody else while PostgreSQL started.")

    def _answers_for_us(self) -> bool:
        with psycopg.connect(self.url("postgres"), connect_timeout=5) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        return row is not None and Path(row[0]).resolve() == (self.folder / "data").resolve()

    def start(self) -> None:
        if self._server is not None and self._server.poll() is None:
            return
        self._server = start_server(
            [
                *(str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)),
                *("-h", HOST, "-k", str(self.folder), "-c", "max_connections=200", *self._durability),
            ],
            log_path=self.folder.with_suffix(".log"),
            user=self._user,
        )
        wait_until(self.answers, 30, reason="PostgreSQL answers")

    def stop(self, sent: int = signal.SIGQUIT) -> None:
        """At once, like `-m immediate`; SIGINT is the orderly way."""
        if self._server is not None and self._server.poll() is None:
            self.resume()
        end_server(self._server, sent)

    def restart(self) -> None:
        self.stop()
        self.start()

    def hang(self) -> None:
        """Stops every process of the server: connections neither answer nor break."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_all(signal.SIGCONT)

    def answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def execute(self, statement: str, *, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)

    def _signal_all(self, sent: int) -> None:
        assert self._server is not None
        pid = self._server.pid
        # The server's own children each lead a process group.
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for process in [pid, *map(int, children)]:
            os.kill(process, sent)
