"""How patiently we deal with gateways: every figure of delivery and enquiry, read from the settings once."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class GatewayPolicy:
    """
    `deadline` bounds one call as a whole; a `lease` outlives it by more than `margin`.

    After an unknown outcome the gateway is asked `looks` times, spread over `looks_within`. After
    `breaker_failures` failed calls in a row an account is left alone for `breaker_pause`; what waited meanwhile is
    sent at no more than `recovery_rate` calls a second.

    `concurrency` bounds the calls under way for one account, `calls_at_once` those of one pushing task.
    """

    deadline: timedelta
    lease: timedelta
    margin: timedelta
    concurrency: int
    calls_at_once: int
    looks: int
    looks_within: timedelta
    breaker_failures: int
    breaker_pause: timedelta
    recovery_rate: float
    retry_base: timedelta
    retry_ceiling: timedelta
    max_attempts: int
    lost_leases: int

    @classmethod
    def from_settings(cls) -> GatewayPolicy:
        return cls(
            deadline=timedelta(seconds=settings.GATEWAY_DEADLINE),
            lease=timedelta(seconds=settings.GATEWAY_LEASE),
            margin=timedelta(seconds=settings.GATEWAY_LEASE_MARGIN),
            concurrency=settings.GATEWAY_CONCURRENCY,
            calls_at_once=settings.PUSH_CALLS_AT_ONCE,
            looks=settings.GATEWAY_LOOKS,
            looks_within=timedelta(seconds=settings.GATEWAY_LOOKS_WITHIN),
            breaker_failures=settings.GATEWAY_BREAKER_FAILURES,
            breaker_pause=timedelta(seconds=settings.GATEWAY_BREAKER_PAUSE),
            recovery_rate=settings.GATEWAY_RECOVERY_RATE,
            retry_base=timedelta(seconds=settings.GATEWAY_RETRY_BASE),
            retry_ceiling=timedelta(seconds=settings.GATEWAY_RETRY_CEILING),
            max_attempts=settings.GATEWAY_MAX_ATTEMPTS,
            lost_leases=settings.GATEWAY_LOST_LEASES,
        )

    def retry_delay(self, attempts: int) -> timedelta:
        """Doubling from the base to the ceiling, half of it random, so that what failed together returns apart."""
        longest: timedelta = min(self.retry_base * 2 ** min(attempts, 20), self.retry_ceiling)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)

    @property
    def accounts_at_once(self) -> int:
        """How many accounts one pushing task serves, so that each may have all the calls it is allowed."""
        return max(1, self.calls_at_once // self.concurrency)

    @property
    def look_pause(self) -> timedelta:
        """How long after one empty look the next is worth it."""
        return self.looks_within / max(self.looks - 1, 1)
