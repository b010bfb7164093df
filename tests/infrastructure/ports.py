"""TCP ports for the tests' servers. Nothing here imports the product: its settings must not be read yet."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


def free_port() -> int:
    """A port nobody listens on now. Another process may take it first: use it at once."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
