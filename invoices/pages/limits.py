"""How often one address may call: django-ratelimit counts, in the shared cache."""

from __future__ import annotations

import logging

from django.http import HttpRequest
from django_ratelimit import ALL
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

from billing.client_networks import client_network

logger = logging.getLogger(__name__)


def is_over_limit(request: HttpRequest, *, group: str, rate: str) -> bool:
    """
    Count one call of this address; whether it was one too many.

    A cache that is away limits nothing: a customer who cannot pay would be the greater harm.

    :param rate: as django-ratelimit writes it, `120/m`; `0/m` limits nothing
    """
    try:
        usage = get_usage(
            request,
            group=group,
            key=lambda group, request: client_network(request),
            rate=rate,
            method=ALL,
            increment=True,
        )
    except (RedisError, OSError) as failure:
        logger.error("%s is served without its limit: the cache failed with %s", group, type(failure).__name__)
        return False
    # A limit of 0 is also what the library answers for a counter that vanished under it.
    return usage is not None and usage["limit"] > 0 and usage["should_limit"]
