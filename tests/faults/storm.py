"""Everything dies all the time: the long and the short form of the same storm."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from dataclasses import dataclass

from invoices.models import Invoice
from invoices.sandbox.models import FaultKind, SandboxCall
from tests.faults.office import Office
from tests.infrastructure.processes import RunningProcess
from tests.infrastructure.valkey import ValkeyServer
from tests.infrastructure.waiting import wait_until

FAULTS = [
    FaultKind.ACCEPTED_500,
    FaultKind.DROPPED,
    FaultKind.TRUNCATED,
    FaultKind.HTML_500,
    FaultKind.GARBAGE,
    FaultKind.WRONG_KEY,
    FaultKind.WRONG_ECHO,
    FaultKind.REFUSED_500,
    FaultKind.REDIRECT,
    FaultKind.ACCEPTED_SILENT,
]
# Of the portions that fall due, so that at least 40 % of the answers are: what is asked again meets a fault again.
SPOILT = 0.6


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What became of it: `settled_after` is counted in seconds from the last fault."""

    due: int
    kills: int
    faulty_answers: int
    create_calls: int
    at_gateway: int
    doubled: int
    settled_after: float


def survive(office: Office, *, due: int, kills: int, chance: random.Random, pause: float, patience: float) -> Figures:
    """So many are due, a worker or a child of it is killed so often, and of the gateway's answers 40 % are faulty."""
    made = 0
    beat, worker = office.beat(), office.worker(with_beat=False)
    for number in range(1, kills + 1):
        # They fall due as the storm goes on, or it would find nothing left to hurt.
        portion, made = due * number // kills - made, due * number // kills
        office.make_due(portion)
        if chance.random() < SPOILT:
            office.shop.fault(chance.choice(FAULTS), count=portion, seconds=3)
        time.sleep(chance.uniform(0.1, pause))
        worker = _hurt(office, worker, chance)
    office.shop.no_faults()
    last_fault = time.monotonic()
    office.wait_until_sent(due, timeout=patience)
    settled_after = time.monotonic() - last_fault
    beat.stop()
    return _figures(office, due=due, kills=kills, settled_after=settled_after)


def _hurt(office: Office, worker: RunningProcess, chance: random.Random) -> RunningProcess:
    """Mostly one child dies; at times the whole worker does, or is asked to stop as a deployment does."""
    lot = chance.random()
    if lot < 0.85 and worker.children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(worker.children), signal.SIGKILL)
        return worker
    if lot < 0.95:
        worker.kill()
    else:
        worker.stop(timeout=60)
    return office.worker(with_beat=False)


def flood(office: Office, valkey: ValkeyServer, *, due: int, patience: float) -> Figures:
    """Two beats at once, one of them restarted, and a broker that is emptied again and again."""
    office.make_due(due)
    first, second = office.beat(), office.beat()
    office.worker(with_beat=False)
    for _ in range(4):
        wait_until(lambda: Invoice.objects.exists(), 60, reason="the work has begun")
        time.sleep(1)
        valkey.flush()
        second.kill()
        second = office.beat()
    began = time.monotonic()
    office.wait_until_sent(due, timeout=patience)
    settled_after = time.monotonic() - began
    first.stop()
    second.stop()
    return _figures(office, due=due, kills=4, settled_after=settled_after)


def _figures(office: Office, *, due: int, kills: int, settled_after: float) -> Figures:
    book = office.shop.book()
    return Figures(
        due=due,
        kills=kills,
        faulty_answers=SandboxCall.objects.exclude(fault="").count(),
        create_calls=book["totals"]["create_calls"],
        at_gateway=book["totals"]["not_cancelled"],
        doubled=len(book["doubled"]),
        settled_after=round(settled_after, 1),
    )
