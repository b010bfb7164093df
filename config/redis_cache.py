"""The shared cache: Redis, asked once and not for long."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.retry import Retry


class ImpatientRedisCache(RedisCache):
    """
    Django's Redis cache without the client's own retries.

    They would hold a request for seconds while Redis is away; a caller that can go on without the cache should learn
    of it at once.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        params = {**params, "OPTIONS": {**params.get("OPTIONS", {}), "retry": Retry(NoBackoff(), 0)}}
        super().__init__(server, params)
