"""The broker's transport: Celery's own for Redis, which survives that the broker goes away while tasks end."""

from __future__ import annotations

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import ConnectionError as BrokerGone


class Channel(redis.Channel):
    """
    Says that the broker is gone when its connection was dropped.

    A task that ends while the worker reconnects is acknowledged on the channel it came by. Kombu 5.7 drops the
    connection under that channel and then raises an `AttributeError`, which the worker does not take for a lost
    connection: it ends. A connection error it logs, and the broker redelivers the message: every task bears that.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise BrokerGone("The connection to the broker was dropped.")
        params: dict[str, Any] = super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]
        return params


class Transport(redis.Transport):
    """Stands in for Kombu's own under the schemes `redis` and `rediss`."""

    Channel = Channel


def use_transport() -> None:
    """Every connection to a broker made from here on is of this transport."""
    TRANSPORT_ALIASES.update(redis="config.broker:Transport", rediss="config.broker:Transport")
