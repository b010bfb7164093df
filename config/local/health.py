"""Whether the web server is there."""

from __future__ import annotations

import socket

from config.local.ports import HOST

_REQUEST = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def answers_health_check(port: int) -> bool:
    """By hand: the library's client would add a third to the memory of the process that watches."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            connection.sendall(_REQUEST)
            return b" 200 " in connection.recv(64)
    except OSError:
        return False
