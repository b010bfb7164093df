"""
Sending invoices to the gateways: claim, call, record, for several accounts at once.

A claim is a lease in the database, and the call is written down with it; so an invoice whose lease ran out may exist
at the gateway, and is asked about before anything else.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import Final

from billing.clock import database_now
from invoices.policy import GatewayPolicy
from invoices.services.pushing.alone import push_alone
from invoices.services.pushing.calls import Call, Ended
from invoices.services.pushing.claims import claim_due
from invoices.services.pushing.lanes import Lane, open_lanes
from invoices.services.pushing.outcomes import record_outcomes

logger = logging.getLogger(__name__)

# So long after the first, what else has ended is waited for, to be recorded with it.
GATHERED_FOR: Final = 0.004


def push_due(*, account_ids: Iterable[int], policy: GatewayPolicy, seconds: float) -> int:
    """
    Send the accounts' due invoices, oldest first, many at once; how many calls that took.

    Takes on no more after `seconds`, except for accounts that answer while others keep us waiting anyway; whatever is
    left stays due. Only this thread speaks to the database, the others only to the gateways.
    """
    lanes = open_lanes(account_ids)
    with ThreadPoolExecutor(max_workers=policy.calls_at_once) as callers:
        calls = _Drain(lanes, callers=callers, policy=policy, ends_at=time.monotonic() + seconds).run()
    return calls + push_alone(lanes, policy=policy, seconds=seconds / 4)


class _Drain:
    def __init__(
        self, lanes: list[Lane], *, callers: ThreadPoolExecutor, policy: GatewayPolicy, ends_at: float
    ) -> None:
        self._lanes = lanes
        self._callers = callers
        self._policy = policy
        self._ends_at = ends_at
        # The database's clock, carried on by our own: asking it for every batch is a statement more.
        self._clock = database_now() - timedelta(seconds=time.monotonic())
        self._under_way: dict[Call, Lane] = {}
        self._ended: SimpleQueue[Ended] = SimpleQueue()
        self._calls = 0

    def run(self) -> int:
        ended: list[Ended] = []
        while True:
            if any(one.calls_for_care for one in ended):
                self._record(ended)
                ended = []
            self._take_on(ended)
            self._record(ended)  # while what was taken on in their place is under way
            pause = self._pause()
            if not self._under_way and pause is None:
                return self._calls
            ended = self._gather(pause)

    def _record(self, ended: list[Ended]) -> None:
        if ended:
            now = self._clock + timedelta(seconds=time.monotonic())
            record_outcomes(ended, policy=self._policy, now=now)

    def _take_on(self, ended: list[Ended]) -> None:
        self._lanes = [lane for lane in self._lanes if not lane.is_done]
        now = time.monotonic()
        wanting = {lane.account.pk: lane for lane in self._lanes if lane.claims_at <= now and self._may_take_on(lane)}
        if wanting:
            self._claim(wanting, ended)

    def _may_take_on(self, lane: Lane) -> bool:
        """When the time is up, those that answer go on for as long as somebody's late answer keeps us here."""
        if time.monotonic() >= self._ends_at:
            late = {other for call, other in self._under_way.items() if call.begun_at < self._ends_at}
            if not late or lane in late:
                return False
        return self._free > 0 and self._room(lane) > 0

    def _room(self, lane: Lane) -> int:
        """A lane has its share and no more, so that one whose gateway hangs cannot take all there is."""
        return max(1, self._policy.calls_at_once // len(self._lanes)) - lane.under_way

    @property
    def _free(self) -> int:
        return self._policy.calls_at_once - len(self._under_way)

    def _claim(self, lanes: dict[int, Lane], ended: list[Ended]) -> None:
        wanted, free = {}, self._free
        for account_id, lane in lanes.items():
            wanted[account_id] = min(self._room(lane), free)
            free -= wanted[account_id]
            lane.claims_at = math.inf if wanted[account_id] else lane.claims_at
        try:
            claim = claim_due(wanted=wanted, ended=[one.call for one in ended], policy=self._policy)
        except Exception:  # what is under way is still recorded
            logger.exception("gateway accounts %s: nothing can be claimed", list(wanted))
            return
        for call in claim.calls:
            self._begin(call, lanes[call.account_id])
        for account_id, pause in claim.again_in.items():
            lanes[account_id].claims_at = time.monotonic() + pause.total_seconds()

    def _begin(self, call: Call, lane: Lane) -> None:
        self._under_way[call] = lane
        lane.under_way += 1
        self._calls += 1
        self._callers.submit(self._make, call, lane)

    def _make(self, call: Call, lane: Lane) -> None:
        self._ended.put(lane.make(call))

    def _pause(self) -> float | None:
        """Seconds until a lane may go on whatever its calls do; None where none will."""
        next_claim = min((lane.claims_at for lane in self._lanes if self._may_take_on(lane)), default=math.inf)
        return None if next_claim == math.inf else max(0.0, next_claim - time.monotonic())

    def _gather(self, pause: float | None) -> list[Ended]:
        """What has ended, and ends within a few milliseconds; nothing where nothing ends in time."""
        try:
            ended = [self._ended.get(timeout=pause)]
        except Empty:
            return []
        if self._ended.qsize() < len(self._under_way) // 2:
            time.sleep(GATHERED_FOR)
        while not self._ended.empty():
            ended.append(self._ended.get())
        for one in ended:
            lane = self._under_way.pop(one.call)
            lane.under_way -= 1
            lane.claims_at = 0.0
        return ended
