"""A TCP proxy that loses what it is told to lose."""

from __future__ import annotations

import contextlib
import select
import socket
import threading

from tests.infrastructure.ports import HOST


class LossyProxy:
    """Stands before a server of this machine, at `port`, until `close`."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self.port = 0
        self._fatal = b""
        self.open()

    def open(self) -> None:
        """At the same port as before."""
        self._listener = socket.create_server((HOST, self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True, name="proxy").start()

    def lose_the_answer_to(self, request: bytes) -> None:
        """The next time these bytes go by, they are delivered, and the connection breaks before the answer."""
        self._fatal = request

    def close(self) -> None:
        """New connections are refused from now on; those there are stay."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._listener.close()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection((HOST, self._target_port)) as server:
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    (server if ready is client else client).sendall(data)
                    if ready is client and self._fatal and self._fatal in data:
                        self._fatal = b""
                        server.recv(65536)  # the server has answered, so it has done what it was asked for
                        return
