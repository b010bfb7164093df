"""Connections that obey the call's watch and go only where they may."""

import contextlib
import socket
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from invoices.gateway.addresses import Address, look_up
from invoices.gateway.raw_answers import NotSent
from invoices.gateway.watches import Watch, current_watch

# Servers commonly drop an idle connection after 5 to 75 s; a request written into a dying one has an
# unknown outcome, a new connection costs 100 ms.
LONGEST_IDLE = 4.0


class WatchedConnection(HTTPConnection):
    """An HTTP connection whose whole life lies under ``current_watch``."""

    _used_at = 0.0

    def _new_conn(self) -> socket.socket:
        watch = current_watch.get()
        try:
            found = look_up(host=self._dns_host, port=self.port, seconds=watch.seconds_left())
        except OSError as failure:
            raise NotSent("The host name could not be looked up.") from failure
        return _connect(_allowed(found, watch), watch)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        watch = current_watch.get()
        watch.guard(self.sock)
        if watch.has_expired:
            raise TimeoutError
        watch.has_sent = True
        self._used_at = time.monotonic()
        super().send(data)

    @property
    def is_connected(self) -> bool:
        """False also for a connection that has rested too long to be trusted with a request."""
        return super().is_connected and time.monotonic() - self._used_at < LONGEST_IDLE


class WatchedTlsConnection(WatchedConnection, HTTPSConnection):
    """The same over TLS; certificate and host name are always verified."""


class WatchedPool(HTTPConnectionPool):
    ConnectionCls = WatchedConnection


class WatchedTlsPool(HTTPSConnectionPool):
    ConnectionCls = WatchedTlsConnection


def _allowed(found: list[Address], watch: Watch) -> list[Address]:
    allowed = found if watch.allow_private else [address for address in found if address.is_public]
    if not allowed:
        raise NotSent("The host name leads to a private address.")
    return allowed


def _connect(addresses: list[Address], watch: Watch) -> socket.socket:
    """Connect to the first address that answers, checked above, so no second lookup can differ."""
    for address in addresses:
        if watch.seconds_left() <= 0:
            break
        connection = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            connection.settimeout(watch.seconds_left())
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(address.peer)
        except OSError:
            with contextlib.suppress(OSError):
                connection.close()
            continue
        watch.guard(connection)
        return connection
    raise NotSent("No connection could be made.")
