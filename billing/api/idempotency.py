"""The Idempotency-Key header: which keys there are, and how a request that cannot have its answer is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from billing.api.errors import IdempotencyConflict, IdempotencyKeyReused, ValidationError
from billing.idempotency import Answer, Claim, KeyUsedForAnother, TwinAtWork, answer_once

_VISIBLE_ASCII: Final = re.compile(r"[!-~]{1,255}")


def check_key(key: str) -> str:
    """:raises ValidationError: unless 1 to 255 visible ASCII characters"""
    if _VISIBLE_ASCII.fullmatch(key) is None:
        raise ValidationError("Idempotency-Key must be 1 to 255 visible ASCII characters.")
    return key


def answer_request(claim: Claim, *, work: Callable[[], Answer], now: datetime) -> Answer:
    """
    The answer that the work has or had; its own refusals leave the key free.

    :raises IdempotencyKeyReused: 422
    :raises IdempotencyConflict: 409
    """
    try:
        return answer_once(claim, work=work, now=now)
    except KeyUsedForAnother:
        raise IdempotencyKeyReused from None
    except TwinAtWork:
        raise IdempotencyConflict from None
