"""A server of a few lines that can misbehave in any way: a function gets the bare socket."""

import contextlib
import socket
import threading
from collections.abc import Callable


class RawServer:
    """Listens on 127.0.0.1; ``requests`` holds the head (and body) of each request read."""

    def __init__(self, behave: Callable[["RawServer", socket.socket], None]) -> None:
        self.behave = behave
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def read_request(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            received = connection.recv(65536)
            if not received:
                return b""
            data += received
        self.requests.append(data)
        return data

    def stop(self) -> None:
        self.stopped.set()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            self.behave(self, connection)
