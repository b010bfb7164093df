"""Waiting for what other processes do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


def wait_until(
    condition: Callable[[], Answer], timeout: float = 10.0, *, interval: float = 0.05, reason: str = ""
) -> Answer:
    """
    Ask until the answer is true, and return it.

    :param timeout: seconds; the test fails after them
    :param reason: what is waited for, for the message
    """
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {timeout} s in vain{': ' + reason if reason else ''}.")
        time.sleep(interval)
