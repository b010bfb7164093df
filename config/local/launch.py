"""Looks whether the way is free, then runs the processes."""

from __future__ import annotations

import fcntl
import os

from config.local import places
from config.local.environment import local_environment
from config.local.ports import PortInvalid, free_port, is_free, next_free_port, port_from
from config.local.supervision import Supervisor
from config.local.valkey import ValkeyMissing


def main() -> int | str:
    """The exit code, or what stands in the way."""
    try:
        port = port_from(os.environ)
    except PortInvalid as refusal:
        return str(refusal)
    if not is_free(port):
        return f"Port {port} is taken. Choose another one: make run PORT={next_free_port(port)}"
    places.LOGS.mkdir(parents=True, exist_ok=True)
    places.MAIL.mkdir(mode=0o700, exist_ok=True)  # the links in it open the office
    with places.LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return "It is already running in this folder. Stop that one first."
        return run(port)


def run(port: int) -> int | str:
    valkey_port = free_port() if "REDIS_URL" not in os.environ else None
    environment = local_environment(os.environ, port=port, valkey_port=valkey_port or 0)
    try:
        return Supervisor(environment, port=port, valkey_port=valkey_port).run()
    except ValkeyMissing as refusal:
        return str(refusal)
