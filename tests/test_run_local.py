"""`make run`: the whole product starts with one command, works, and stops without leaving anything behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import requests

from tests.infrastructure.ports import HOST, free_port
from tests.infrastructure.waiting import wait_until

PROJECT = Path(__file__).resolve().parents[1]
PARTS = ["config", "billing", "subscriptions", "invoices", "templates", "static", "locale", "manage.py"]
GIVEN = {"DEBUG", "SANDBOX_GATEWAY", "PUBLIC_BASE_URL", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORT"}

pytestmark = pytest.mark.processes


def _heed_interrupts() -> None:
    """A shell starts what runs in its background with SIGINT ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class LocalRun:
    """The product, run in a folder of its own."""

    def __init__(self, folder: Path, *, port: int, command: list[str]) -> None:
        self.folder = folder
        self.port = port
        self.output_path = folder / f"output-{time.monotonic_ns()}"
        environment = {key: value for key, value in os.environ.items() if key not in GIVEN}
        with self.output_path.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env={**environment, "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_heed_interrupts,
            )

    @property
    def output(self) -> str:
        return self.output_path.read_text()

    def wait_for_banner(self) -> str:
        def is_shown() -> bool:
            assert self.process.poll() is None, self.output
            return "add/bill" in self.output

        wait_until(is_shown, 60, reason="the banner")
        return self.output

    def stop(self, sent: int) -> tuple[int, float]:
        """Its exit code, and how long it took to stop."""
        begun = time.monotonic()
        self.process.send_signal(sent)
        return self.process.wait(15), time.monotonic() - begun

    def processes(self) -> list[str]:
        """Command lines of whatever runs in the folder."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if (path / "cwd").resolve().is_relative_to(self.folder):
                    found.append((path / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for part in (PROJECT / name for name in PARTS):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif part.exists():
            shutil.copy(part, folder)
    (folder / "Makefile").write_text(f"run:\n\t@exec {sys.executable} config/local\n")
    return folder


@pytest.fixture
def started(project: Path) -> Iterator[LocalRun]:
    run = LocalRun(project, port=free_port(), command=[sys.executable, "config/local"])
    yield run
    if run.process.poll() is None:
        run.stop(signal.SIGTERM)
    print(run.output)


def post_bill(banner: str) -> requests.Response:
    """What the banner's curl command does."""
    address = re.search(r"http://\S+/v1/add/bill", banner)
    key = re.search(r"X-API-Key: ([\w-]+)", banner)
    body = re.search(r"-d '(.*)'", banner)
    assert address
    assert key
    assert body
    headers: Mapping[str, str] = {"X-API-Key": key[1], "Content-Type": "application/json"}
    return requests.post(address[0], data=body[1].encode(), headers=headers, timeout=10)


def test_it_starts_takes_a_bill_and_stops_within_five_seconds(started: LocalRun) -> None:
    banner = started.wait_for_banner()

    answer = post_bill(banner)
    code, seconds = started.stop(signal.SIGINT)

    assert answer.status_code == 200, answer.text
    assert (code, seconds < 5) == (0, True)
    assert started.processes() == []


def test_the_same_key_and_login_are_shown_again_after_a_restart(project: Path) -> None:
    shown = []
    for port in (free_port(), free_port()):
        run = LocalRun(project, port=port, command=[sys.executable, "config/local"])
        banner = run.wait_for_banner()
        assert post_bill(banner).status_code == 200
        shown.append(re.findall(r"admin / \S+|API key +\S+", banner))
        assert run.stop(signal.SIGTERM)[0] == 0

    assert len(shown[0]) == 2
    assert shown[0] == shown[1]


def test_only_the_owner_may_read_the_keys_and_the_password(started: LocalRun) -> None:
    banner = started.wait_for_banner()

    assert "var/mail/" in banner
    assert stat.S_IMODE((started.folder / "var" / "mail").stat().st_mode) == 0o700
    for name in ("demo-keys.json", "admin-password", "billing.sqlite3"):
        assert stat.S_IMODE((started.folder / "var" / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_only_make_is_told_to(project: Path, sent: int) -> None:
    run = LocalRun(project, port=free_port(), command=["make", "run"])
    run.wait_for_banner()

    _, seconds = run.stop(sent)

    assert seconds < 5
    wait_until(lambda: run.processes() == [], 5, reason="all its processes end")


def test_everything_ends_when_one_process_dies(started: LocalRun) -> None:
    started.wait_for_banner()
    children = Path(f"/proc/{started.process.pid}/task/{started.process.pid}/children").read_text().split()
    worker = next(pid for pid in children if "celery" in Path(f"/proc/{pid}/cmdline").read_text())

    os.kill(int(worker), signal.SIGKILL)

    assert started.process.wait(10) == 1
    assert "'worker' ended with code -9" in started.output
    assert started.processes() == []


def test_everything_ends_when_it_is_killed_itself(started: LocalRun) -> None:
    started.wait_for_banner()

    started.process.kill()
    started.process.wait(5)

    wait_until(lambda: started.processes() == [], 15, reason="all its processes end")


def test_a_taken_port_is_named_with_a_way_out(project: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        run = LocalRun(project, port=port, command=[sys.executable, "config/local"])

        assert run.process.wait(15) == 1
    assert f"Port {port} is taken. Choose another one: make run PORT=" in run.output


def test_a_port_that_is_none_is_refused(project: Path) -> None:
    run = LocalRun(project, port=99999, command=[sys.executable, "config/local"])

    assert run.process.wait(15) == 1
    assert "PORT must be a number from 1 to 65535, not '99999'." in run.output
