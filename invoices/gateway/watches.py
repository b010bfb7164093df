"""A total deadline over one call, however slowly the other side drips."""

import contextlib
import os
import socket
import threading
import time
from contextvars import ContextVar
from types import TracebackType
from typing import Self


class Watch:
    """
    Cuts the call's socket at the deadline and remembers whether anything was sent.

    A socket's own time-out begins anew with each byte received, so somebody else has to shut the
    socket down (measured: reliability.md, ``requests(timeout=2)``).
    """

    def __init__(self, *, deadline: float, allow_private: bool) -> None:
        self.deadline = deadline
        self.allow_private = allow_private
        self.has_sent = False
        self.has_expired = False
        self._is_over = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

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
        _watchman.begin(self)
        self._token = current_watch.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._is_over = True
        _watchman.end(self)
        current_watch.reset(self._token)

    def cut(self) -> None:
        """Its time is up."""
        with self._lock:
            if self._is_over:
                return
            self.has_expired = True
            if self._socket is not None:
                _shut_down(self._socket)


class _Watchman:
    """
    Cuts all watches of this process, in one thread: a timer for each was a third of what a call costs.

    The thread sleeps until the deadline it knows, and is woken only for an earlier one.
    """

    def __init__(self) -> None:
        self._watches: set[Watch] = set()
        self._changed = threading.Condition()
        self._wakes_at = float("inf")
        self._has_thread = False

    def begin(self, watch: Watch) -> None:
        with self._changed:
            self._watches.add(watch)
            if not self._has_thread:
                threading.Thread(target=self._cut_for_ever, name="watchman", daemon=True).start()
                self._has_thread = True
            if watch.deadline < self._wakes_at:
                self._wakes_at = watch.deadline
                self._changed.notify()

    def end(self, watch: Watch) -> None:
        with self._changed:
            self._watches.discard(watch)

    def _cut_for_ever(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for watch in [each for each in self._watches if each.deadline <= now]:
                    self._watches.discard(watch)
                    watch.cut()
                self._wakes_at = min((each.deadline for each in self._watches), default=float("inf"))
                self._changed.wait(min(self._wakes_at - now, threading.TIMEOUT_MAX))


def _shut_down(guarded: socket.socket) -> None:
    # The base method on purpose: SSLSocket.shutdown drops its TLS state first, and what the calling
    # thread still writes would then go out in the clear.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(guarded, socket.SHUT_RDWR)


def _begin_anew() -> None:
    global _watchman
    _watchman = _Watchman()


_watchman = _Watchman()
# Celery forks its workers, and no thread survives a fork.
os.register_at_fork(after_in_child=_begin_anew)
current_watch: ContextVar[Watch] = ContextVar("current_watch")
