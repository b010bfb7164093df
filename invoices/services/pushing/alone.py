"""
Invoices that a worker was lost with are sent one at a time, while nothing else is under way.

One that kills its sender then takes no other invoice with it, and those that only happened to be beside it go out.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable

from billing.clock import database_now
from invoices.policy import GatewayPolicy
from invoices.services.pushing.claims import claim_due
from invoices.services.pushing.due_invoices import accounts_that_lost_workers
from invoices.services.pushing.lanes import Lane
from invoices.services.pushing.outcomes import record_outcomes


def push_alone(lanes: Iterable[Lane], *, policy: GatewayPolicy, seconds: float) -> int:
    """
    Send those of these accounts, one of each in turn; how many calls that took.

    Takes on no more after `seconds`: they have a time of their own, so that a large backlog does not keep them waiting.
    """
    by_account = {lane.account.pk: lane for lane in lanes}
    turns = deque(accounts_that_lost_workers(by_account, now=database_now()))
    calls, ends_at = 0, time.monotonic() + seconds
    while turns and time.monotonic() < ends_at:
        if _push_one(by_account[turns[0]], policy):
            calls += 1
            turns.rotate(-1)
        else:
            turns.popleft()
    return calls


def _push_one(lane: Lane, policy: GatewayPolicy) -> bool:
    """Whether there was one that may be sent now."""
    for call in claim_due(wanted={lane.account.pk: 1}, policy=policy, alone=True).calls:
        record_outcomes([lane.make(call)], policy=policy, now=database_now())
        return True
    return False
