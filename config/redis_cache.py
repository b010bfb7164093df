"""The shared cache: Redis, asked once and not for long."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


class _KeptClient(RedisCacheClient):
    """Keeps one client per server; Django makes one for each command, which costs half as much as the command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[bool, Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]


class ImpatientRedisCache(RedisCache):
    """
    Django's Redis cache without the client's own retries.

    They would hold a request for seconds while Redis is away; a caller that can go on without the cache should learn
    of it at once.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        params = {**params, "OPTIONS": {**params.get("OPTIONS", {}), "retry": Retry(NoBackoff(), 0)}}
        super().__init__(server, params)
        self._class = _KeptClient
