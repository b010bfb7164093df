"""A total deadline over one call, however slowly the other side drips."""

import contextlib
import socket
import threading
import time
from contextvars import ContextVar
from types import TracebackType
from typing import Self


class Watch:
    """
    Cuts the call's socket at the deadline and remembers whether anything was sent.

    A socket's own time-out begins anew with each byte received, so a timer shuts the socket down
    (measured: reliability.md, ``requests(timeout=2)``). One timer for each call, not a thread for
    all of them: Celery forks its workers, and threads do not survive a fork.
    """

    def __init__(self, *, deadline: float, allow_private: bool) -> None:
        self.deadline = deadline
        self.allow_private = allow_private
        self.has_sent = False
        self.has_expired = False
        self._is_over = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(self.seconds_left(), 0.0), self._cut)
        self._timer.daemon = True

    def seconds_left(self) -> float:
        """Seconds to the deadline; negative behind it."""
        return self.deadline - time.monotonic()

    def guard(self, guarded: socket.socket) -> None:
        """Watch over this socket from now on."""
        with self._lock:
            self._socket = guarded
            if self.has_expired:
                _shut_down(guarded)

    def __enter__(self) -> Self:
        self._timer.start()
        self._token = current_watch.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._is_over = True
        self._timer.cancel()
        current_watch.reset(self._token)

    def _cut(self) -> None:
        with self._lock:
            if self._is_over:
                return
            self.has_expired = True
            if self._socket is not None:
                _shut_down(self._socket)


def _shut_down(guarded: socket.socket) -> None:
    # The base method on purpose: SSLSocket.shutdown drops its TLS state first, and what the calling
    # thread still writes would then go out in the clear.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(guarded, socket.SHUT_RDWR)


current_watch: ContextVar[Watch] = ContextVar("current_watch")
