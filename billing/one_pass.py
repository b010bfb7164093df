"""
One pass at a time over the same work, in all processes together.

A task that goes on while work is left is woken by each sweep besides: behind a slow mail server it would become as many
tasks as there were sweeps, and leave none of the workers to anything else.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


@contextmanager
def one_pass(name: str, *, seconds: float) -> Iterator[bool]:
    """
    Whether nobody else is at `name`; another may begin when this has ended, or so long after it began if it died.

    It is about fairness only: without Redis every pass goes, and finds each row claimed or not.
    """
    key = f"pass:{name}"
    is_ours = _take(key, seconds)
    try:
        yield is_ours
    finally:
        if is_ours:
            _give_back(key)


def _take(key: str, seconds: float) -> bool:
    try:
        return bool(cache.add(key, 1, timeout=seconds))
    except (RedisError, OSError) as error:
        logger.warning("%s goes without its turn: the cache failed with %s", key, type(error).__name__)
        return True


def _give_back(key: str) -> None:
    try:
        cache.delete(key)
    except (RedisError, OSError) as error:
        logger.warning("%s keeps its turn until it runs out: the cache failed with %s", key, type(error).__name__)
