"""TCP ports of this machine."""

from __future__ import annotations

import socket
from collections.abc import Mapping

HOST = "127.0.0.1"
DEFAULT_PORT = 8000


class PortInvalid(Exception):
    """PORT is no port number."""


def port_from(environment: Mapping[str, str]) -> int:
    """
    The port named by PORT.

    :raises PortInvalid: when it is not a whole number from 1 to 65535
    """
    text = environment.get("PORT") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise PortInvalid(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port nobody listens on now. Another process may take it first: use it at once."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def next_free_port(after: int) -> int:
    """The nearest free port above, to suggest in place of a taken one."""
    return next((port for port in range(after + 1, min(after + 100, 65536)) if is_free(port)), free_port())
