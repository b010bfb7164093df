"""What carries a request to the gateway; tests and the sandbox give their own (style.md, 27)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class TransportError(Exception):
    """No answer came back; ``str()`` names no address, header or body."""


class NotSent(TransportError):
    """Not one byte of the request left: name, connection, TLS or our own check failed."""


class SentButLost(TransportError):
    """Something was sent and no whole answer came: the gateway may have acted."""


@dataclass(frozen=True)
class RawAnswer:
    """An HTTP answer: status, headers as they came, and the undecoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str | None:
        """A header by its name in any case, or None."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


class Transport(Protocol):
    """Sends one request once: never follows a redirect, never tries again."""

    def send(
        self, *, method: str, url: str, headers: Mapping[str, str], body: bytes | None, deadline: float
    ) -> RawAnswer:
        """
        Send and return whatever was answered, 3xx, 4xx and 5xx included.

        :param deadline: the ``time.monotonic()`` instant at which everything stops
        :raises NotSent: if certainly nothing was sent
        :raises SentButLost: if anything may have been sent and no whole answer came
        """
        ...
