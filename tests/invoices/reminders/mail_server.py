"""A mail server of one connection's patience, which takes a message, refuses its recipient, or hangs up on it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Habit = Literal["takes", "refuses", "hangs up"]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    habit: Habit = "takes"
    messages: list[str]


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            word = line.decode().split()[0].upper()
            if word == "RCPT" and self.server.habit == "refuses":
                self._say("550 no such person")
            elif word == "DATA":
                self._say("354 go on")
                self._read_message()
                if self.server.habit == "hangs up":
                    return
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _read_message(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.decode())
        self.server.messages.append("".join(lines))


@contextmanager
def mail_server(habit: Habit) -> Iterator[tuple[int, list[str]]]:
    """Its port, and the messages that it has read to their end."""
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.habit, server.messages = habit, []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1], server.messages
        server.shutdown()
        thread.join(5)
