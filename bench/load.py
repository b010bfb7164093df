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

    def send(self, request: bytes, *, due: float) -> None:
        self.received, self.began = b"", due
        self.socket.sendall(request)

    def read(self) -> int | None:
        """The status, once the answer is whole."""
        self.received += self.socket.recv(65536)
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        return int(head[9:12]) if len(body) >= length else None


def generate_load(
    base_url: str, *, next_request: Callable[[], bytes], connections: int, seconds: float, rate: float | None = None
) -> Load:
    """
    Keep that many requests under way for that long.

    :param rate: requests a second; each is then counted from when it was due, also if no connection was free for it
    """
    parts = urlsplit(base_url)
    address = (parts.hostname or "", parts.port or 80)
    load = Load()
    idle = [_Connection(address) for _ in range(connections)]
    busy, sent, began = 0, 0, time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for connection in idle:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        while True:
            now = time.perf_counter()
            goes_on = now - began < seconds
            while goes_on and idle and (due := now if rate is None else began + sent / rate) <= now:
                idle.pop().send(next_request(), due=due)
                busy, sent = busy + 1, sent + 1
            if not busy and not goes_on:
                break
            for ready, _ in selector.select(timeout=0.001 if rate else None):
                status = ready.data.read()
                if status is not None:
                    load.statuses[status] += 1
                    load.latencies.append(time.perf_counter() - ready.data.began)
                    idle.append(ready.data)
                    busy -= 1
        for connection in idle:
            connection.socket.close()
    load.seconds = time.perf_counter() - began
    return load
