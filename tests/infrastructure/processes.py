"""Real processes: started for a test, their output kept, none left over."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import requests

from tests.infrastructure.ports import HOST, free_port
from tests.infrastructure.waiting import wait_until

Kind = TypeVar("Kind", bound="RunningProcess")
PROJECT = Path(__file__).resolve().parents[2]


class RunningProcess:
    """Leads a process group of its own, so that its children end with it."""

    def __init__(self, command: Sequence[str], *, name: str, environment: Mapping[str, str], log_path: Path) -> None:
        self.name = name
        self.log_path = log_path
        with log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    @property
    def children(self) -> list[int]:
        """The pids of its direct children."""
        found = []
        for task in Path(f"/proc/{self.pid}/task").glob("*/children"):
            found += map(int, task.read_text().split())
        return found

    def send(self, sent: int) -> None:
        self._process.send_signal(sent)

    def wait(self, timeout: float = 10) -> int:
        """Its exit code, as soon as it has ended by itself."""
        return self._process.wait(timeout)

    def stop(self, timeout: float = 15) -> int:
        """Asks it to stop, as a deployment does, and returns its exit code."""
        if self.is_running:
            self.send(signal.SIGTERM)
        return self.wait(timeout)

    def kill(self) -> None:
        """Ends it and all its children at once, as the kernel does when memory is short."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(10)

    def wait_for_log(self, text: str, timeout: float = 30) -> None:
        def has_written() -> bool:
            assert self.is_running or text in self.log, f"{self.name} ended:\n{self.log}"
            return text in self.log

        wait_until(has_written, timeout, reason=f"{self.name} writes {text!r}")


class WebServer(RunningProcess):
    """gunicorn, at `base_url`."""

    base_url: str


class Processes:
    """
    Starts processes for one test and ends what is left of them.

    :param database_url: the database of all of them, unless their own environment names another
    """

    def __init__(self, folder: Path, *, database_url: str | None) -> None:
        self._folder = folder
        self._database_url = database_url
        self._started: list[RunningProcess] = []

    def environment(self, changes: Mapping[str, str] | None = None) -> dict[str, str]:
        """This process' own, with test settings, plus changes."""
        database = {"DATABASE_URL": self._database_url} if self._database_url else {}
        return {**os.environ, **database, "PYTHONUNBUFFERED": "1", **(changes or {})}

    def start(self, command: Sequence[str], *, env: Mapping[str, str] | None = None, name: str = "") -> RunningProcess:
        """Any command, in the project's folder."""
        return self._add(RunningProcess, command, env=env, name=name or Path(command[0]).name)

    def manage(self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 60) -> str:
        """Runs `manage.py` to its end and returns what it printed on standard output."""
        answer = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert answer.returncode == 0, f"manage.py {' '.join(arguments)}: {answer.stderr}{answer.stdout}"
        return answer.stdout

    def celery_worker(
        self,
        *,
        env: Mapping[str, str] | None = None,
        concurrency: int = 2,
        arguments: Sequence[str] = (),
        launcher: Sequence[str] = (),
    ) -> RunningProcess:
        """
        A prefork worker of all queues, waited for until it is ready. Give `-B` to have a beat in it.

        :param launcher: a module, and its arguments, that runs celery in its own way
        """
        schedule = self._folder / f"beat-schedule-{len(self._started)}"
        worker = self._add(
            RunningProcess,
            [
                *(sys.executable, "-m", *launcher, "celery", "-A", "config", "worker", "--loglevel", "INFO"),
                *("--concurrency", str(concurrency), "--schedule", str(schedule)),
                *("--hostname", f"worker-{os.getpid()}-{len(self._started)}@localhost"),
                *arguments,
            ],
            env=env,
            name="worker",
        )
        worker.wait_for_log(" ready.")
        return worker

    def gunicorn(
        self,
        *,
        env: Mapping[str, str] | None = None,
        workers: int = 1,
        threads: int = 8,
        arguments: Sequence[str] = (),
        launcher: Sequence[str] = (),
    ) -> WebServer:
        """
        The web server on a free port, waited for until it answers /livez.

        :param launcher: a module, and its arguments, that runs gunicorn in its own way
        """
        port = free_port()
        base_url = f"http://{HOST}:{port}"
        server = self._add(
            WebServer,
            [
                *(sys.executable, "-m", *launcher, "gunicorn", "config.wsgi", "--no-control-socket"),
                *("--bind", f"{HOST}:{port}", "--workers", str(workers), "--threads", str(threads)),
                *("--graceful-timeout", "5"),
                *arguments,
            ],
            env={"PUBLIC_BASE_URL": base_url, **(env or {})},
            name="web",
        )
        server.base_url = base_url

        def answers() -> bool:
            assert server.is_running, f"gunicorn ended:\n{server.log}"
            try:
                return requests.get(f"{base_url}/livez", timeout=2, allow_redirects=False).ok
            except requests.RequestException:
                return False

        wait_until(answers, 30, reason="gunicorn answers /livez")
        return server

    def end(self) -> None:
        """Ends what is left, and prints the ends of the logs: pytest shows them when the test failed."""
        for process in reversed(self._started):
            process.kill()
            print(f"--- {process.name} ({process.log_path})\n{process.log[-4000:]}")

    def _add(self, kind: type[Kind], command: Sequence[str], *, env: Mapping[str, str] | None, name: str) -> Kind:
        process = kind(
            command,
            name=name,
            environment=self.environment(env),
            log_path=self._folder / f"{len(self._started)}-{name}-{time.monotonic_ns()}.log",
        )
        self._started.append(process)
        return process
