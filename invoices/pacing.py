"""
How fast an account's backlog is sent after an outage. Pure.

The generic cell rate algorithm: one instant per account says up to when the line is booked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

RAMP: Final = timedelta(seconds=30)
# A worker that comes a little late may make up for so much, and no more: else a pause would end in a burst.
_MADE_UP_FOR: Final = timedelta(milliseconds=100)


def calls_a_second(*, recovering_for: timedelta, ceiling: float) -> float:
    """The rate so long after the gateway's return: from one a second up to the ceiling, in a straight line."""
    return min(ceiling, max(1.0, ceiling * (recovering_for / RAMP)))


def book_calls(
    *, wanted: int, ceiling: float, recovering_since: datetime, booked_until: datetime | None, now: datetime
) -> tuple[int, datetime]:
    """
    How many of the wanted calls may begin now, and when the next one after them may.

    :param ceiling: calls a second
    :param booked_until: what the last booking returned
    """
    pause = timedelta(seconds=1 / calls_a_second(recovering_for=now - recovering_since, ceiling=ceiling))
    free_at = max(booked_until or now, now - max(pause, _MADE_UP_FOR))
    if free_at > now:
        return 0, free_at
    count = min(wanted, (now - free_at) // pause + 1)
    return count, free_at + count * pause
