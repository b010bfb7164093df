"""One process we started, and its log file."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from config.local import places

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """Has the kernel end the child too, should we be killed."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """
    Runs in a session of its own: Ctrl-C in the terminal reaches only us, and we stop our children in order.

    What it prints goes to a log file, begun anew.
    """

    def __init__(self, name: str, command: Sequence[str], *, environment: Mapping[str, str], may_finish: bool) -> None:
        """:param may_finish: whether its end without an error is what we want"""
        self.name = name
        self.log_path = places.LOGS / f"{name}.log"
        self._may_finish = may_finish
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  (our own commands)
                command,
                cwd=places.PROJECT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    @property
    def has_failed(self) -> bool:
        return self.exit_code is not None and not (self._may_finish and self.exit_code == 0)

    def ask_to_stop(self) -> None:
        if self.exit_code is None:
            self._process.terminate()

    def kill(self) -> None:
        """Ends it and its own children at once."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self._process.wait()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        try:
            self._process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return False
        return True

    def last_lines(self, count: int = 15) -> str:
        lines = self.log_path.read_text(errors="replace").splitlines()
        return "\n".join(lines[-count:])
