"""A small HTTP load generator: kept-alive connections, raw bytes, one process: it costs little beside a server."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Load:
    """What came back: how many answers of each status, how long each took, and over how many seconds."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds under which that share of the answers came."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def post_request(url: str, *, body: bytes, headers: dict[str, str]) -> bytes:
    parts = urlsplit(url)
    lines = [
        f"POST {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Connection:
    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.socket = self._connect()
        self.received = b""
        self.began = 0.0

    def _connect(self) -> socket.socket:
        opened = socket.create_connection(self.address)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def send(self, request: bytes) -> None:
        self.received, self.began = b"", time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int | None:
        """The status, once the answer is whole."""
        self.received += self.socket.recv(65536)
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        return int(head[9:12]) if len(body) >= length else None


def generate_load(base_url: str, *, next_request: Callable[[], bytes], connections: int, seconds: float) -> Load:
    """Keep that many requests under way for that long."""
    parts = urlsplit(base_url)
    address = (parts.hostname or "", parts.port or 80)
    load = Load()
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = _Connection(address)
            connection.send(next_request())
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        under_way = connections
        while under_way:
            for ready, _ in selector.select():
                connection = ready.data
                status = connection.read()
                if status is None:
                    continue
                now = time.perf_counter()
                load.statuses[status] += 1
                load.latencies.append(now - connection.began)
                if now - began < seconds:
                    connection.send(next_request())
                else:
                    selector.unregister(connection.socket)
                    connection.socket.close()
                    under_way -= 1
    load.seconds = time.perf_counter() - began
    return load
