"""The TCP connection under a request: closing it without an answer, and noticing that the client has gone."""

from __future__ import annotations

import contextlib
import select
import socket
import time

from django.http import HttpRequest

LOOK_EVERY_SECONDS = 0.2


def connection_of(request: HttpRequest) -> socket.socket | None:
    """The client's socket under gunicorn or Django's own servers; None without one, as in a test client."""
    under_gunicorn = request.META.get("gunicorn.socket")
    if isinstance(under_gunicorn, socket.socket):
        return under_gunicorn
    # Django's development server hides it: LimitedStream holds the bound read of a reader over the socket.
    body = request.META.get("wsgi.input")
    reader = getattr(getattr(body, "_read", None), "__self__", None)
    under_runserver = getattr(getattr(reader, "raw", None), "_sock", None)
    return under_runserver if isinstance(under_runserver, socket.socket) else None


def hang_up(request: HttpRequest) -> bool:
    """
    Close the connection now: the client sees an empty reply. False where there is no connection to close.

    Shut down rather than closed, so that the server's own write fails with EPIPE, which it takes quietly.
    """
    connection = connection_of(request)
    if connection is None:
        return False
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    return True


def hold(request: HttpRequest, *, seconds: float) -> None:
    """Say nothing for so long, or until the client hangs up: a thread of the server waits here."""
    connection = connection_of(request)
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(LOOK_EVERY_SECONDS, left))
        if connection is not None and has_hung_up(connection):
            return


def has_hung_up(connection: socket.socket) -> bool:
    try:
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        return bool(poll.poll(0)) and connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except (OSError, ValueError):
        # ValueError: TLS sockets know no flags, and a closed one has no number.
        return connection.fileno() < 0
