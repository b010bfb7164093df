"""Transactions the database gave up for another's sake, done again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import OperationalError

Result = TypeVar("Result")

RETRIES: Final = 3
_PAUSE: Final = 0.02
_SERIALIZATION_FAILURE, _DEADLOCK_DETECTED = "40001", "40P01"


def retry_given_up(work: Callable[[], Result]) -> Result:
    """
    Do the work again when the database chose it as the victim of a deadlock or a serialization failure.

    :param work: one whole transaction, so that a failed one left nothing behind
    """
    for attempt in range(1, RETRIES + 1):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in (_SERIALIZATION_FAILURE, _DEADLOCK_DETECTED):
                raise
        time.sleep(random.uniform(0, _PAUSE * attempt))  # noqa: S311  (spreads two rivals apart)
    return work()
