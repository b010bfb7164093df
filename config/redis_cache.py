"""The shared cache: Redis, asked once and not for long."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


class _QuickClient(RedisCacheClient):
    """
    Django's client, asking Redis less.

    It keeps its connections' clients, where Django makes one for each command, which costs half as much as the
    command; and it counts in one round trip, where Django first asks whether the counter exists.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[bool, Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]

    def incr(self, key: Any, delta: int) -> int:
        """:raises ValueError: if there is no such counter, as every cache does; it is not left behind without an end"""
        client = self.get_client(key, write=True)
        count = int(client.incr(key, delta))
        if count == delta:
            client.delete(key)
            raise ValueError(f"Key {key!r} not found.")
        return count


class ImpatientRedisCache(RedisCache):
    """
    Django's Redis cache without the client's own retries.

    They would hold a request for seconds while Redis is away; a caller that can go on without the cache should learn
    of it at once.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        params = {**params, "OPTIONS": {**params.get("OPTIONS", {}), "retry": Retry(NoBackoff(), 0)}}
        super().__init__(server, params)
        self._class = _QuickClient
