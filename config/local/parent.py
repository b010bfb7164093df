"""The `make` that started us."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path


class Parent:
    """
    Notices when it is gone or has been told to stop.

    make hands SIGTERM on, but not SIGINT when only make got it: it puts its handler back to the default and
    waits for us. That change can be seen in /proc; where there is no /proc, nothing is noticed.
    """

    def __init__(self) -> None:
        self._pid = os.getppid()
        # Not before it has been seen: make may set its handler after it has started us.
        self._has_caught_interrupts = False

    def wants_us_to_stop(self) -> bool:
        if os.getppid() != self._pid:
            return True
        if not self._is_make():
            return False
        catches = self._caught()
        self._has_caught_interrupts = self._has_caught_interrupts or catches
        return self._has_caught_interrupts and not catches

    def _is_make(self) -> bool:
        return self._read("comm").strip() in {"make", "gmake"}

    def _caught(self) -> bool:
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)", self._read("status"), re.MULTILINE)
        return bool(caught and int(caught[1], 16) & 1 << (signal.SIGINT - 1))

    def _read(self, name: str) -> str:
        try:
            return Path(f"/proc/{self._pid}/{name}").read_text()
        except OSError:
            return ""
