"""What in a growing log file a person should see at once."""

from __future__ import annotations

import re
from pathlib import Path

_WORTH_SEEING = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b")
_READ_AT_ONCE = 64 * 1024


class LogWarnings:
    """Finds the lines of warnings and errors written since it last looked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0

    def new_lines(self) -> list[str]:
        with self._path.open("rb") as log:
            log.seek(self._position)
            text = log.read(_READ_AT_ONCE)
        whole_lines = text.rpartition(b"\n")[0]
        if not whole_lines:
            return []
        self._position += len(whole_lines) + 1
        lines = whole_lines.decode(errors="replace").splitlines()
        return [line for line in lines if _WORTH_SEEING.search(line)]
