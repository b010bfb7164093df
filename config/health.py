"""Whether this process lives, and whether it can serve. For load balancers: no names, no versions, no reasons."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Final

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

MOST_SECONDS: Final = 2.0


@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """This process answers. Asks nobody else: a restart of it would not bring a database back."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 while the database does not answer. Redis may be away: everything goes on without it, only slower."""
    has_database = _answers(_ask_database)
    has_redis = _answers(_ask_redis)
    parts = {"database": _word(has_database), "redis": _word(has_redis)}
    status = 200 if has_database else 503
    return JsonResponse({"status": _word(has_database), **parts}, status=status)


def _answers(ask: Callable[[], None]) -> bool:
    """Whether the question is answered in time; asked from a thread, because a hanging server never says no."""
    answers: list[bool] = []

    def try_asking() -> None:
        with contextlib.suppress(Error, RedisError, OSError):
            ask()
            answers.append(True)

    thread = threading.Thread(target=try_asking, daemon=True, name="readyz")
    thread.start()
    thread.join(MOST_SECONDS)
    return bool(answers)


def _ask_database() -> None:
    """On a connection of this thread's own, which connect_timeout bounds."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def _ask_redis() -> None:
    cache.get("readyz")


def _word(is_there: bool) -> str:
    return "ok" if is_there else "unavailable"
