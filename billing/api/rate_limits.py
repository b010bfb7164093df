"""How many requests a merchant may still send to an endpoint this hour: django-ratelimit counts, we decide."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django_ratelimit import ALL
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

HOUR: Final = 3600


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The count after this request: `remaining` below zero never shows, `seconds_left` is until the window ends."""

    endpoint: str
    limit: int
    remaining: int
    seconds_left: int
    is_exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers writes them."""
        return {
            "RateLimit-Policy": f'"{self.endpoint}";q={self.limit};w={HOUR}',
            "RateLimit": f'"{self.endpoint}";r={self.remaining};t={self.seconds_left}',
        }


def count_request(request: HttpRequest, *, merchant_id: int, endpoint: str, limit: int) -> Usage | None:
    """
    Count one request of this merchant to this endpoint; None when nothing limits it.

    A cache that is away limits nothing: refusing bills because a counter is lost would be the greater harm
    (contract.md, step 3). It is logged.
    """
    if limit == 0:
        return None
    try:
        usage = get_usage(
            request,
            group=endpoint,
            key=lambda group, request: str(merchant_id),
            rate=(limit, HOUR),
            method=ALL,
            increment=True,
        )
    except (RedisError, OSError) as error:
        logger.error("Request served without its rate limit: the cache failed with %s", type(error).__name__)
        return None
    # The library answers a counter that vanished under it with a limit of 0, and None when it is switched off.
    if usage is None or usage["limit"] == 0:
        logger.error("Request served without its rate limit: it was not counted")
        return None
    return Usage(
        endpoint=endpoint,
        limit=limit,
        remaining=max(0, limit - usage["count"]),
        seconds_left=max(1, usage["time_left"]),
        is_exceeded=usage["should_limit"],
    )
