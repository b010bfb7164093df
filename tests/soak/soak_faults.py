"""
The long forms of the storms, with their figures: `make soak`. Not a part of the ordinary suite.

Leases, pauses and sweeps are as short as in the short forms; what is long is how much dies and how much is due.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from django.db import connection
from hypothesis import settings

from tests.faults.office import Office
from tests.faults.outage import LEEWAY, sit_out
from tests.faults.state_machine import Billing, run_machine
from tests.faults.storm import flood, survive
from tests.faults.test_dead_bulk_acts import PLACES, survive_death_in_the_middle
from tests.infrastructure.moving_clock import MovingClock, moving_clock
from tests.infrastructure.proxy import LossyProxy
from tests.infrastructure.valkey import ValkeyServer


@pytest.fixture
def clock(office: Office) -> Iterator[MovingClock | None]:
    """None on SQLite, whose clock is each process' own."""
    if connection.vendor != "postgresql":
        yield None
        return
    with moving_clock() as clock:
        yield clock


def show(name: str, figures: Any) -> None:
    print(f"\n{name} ({connection.vendor}):", ", ".join(f"{key} {value}" for key, value in asdict(figures).items()))


@pytest.mark.processes
def test_300_due_under_200_kills_and_40_percent_faulty_answers(office: Office) -> None:
    figures = survive(office, due=300, kills=200, chance=random.Random(), pause=1.2, patience=600)

    show("200 kills", figures)
    assert (figures.at_gateway, figures.doubled) == (300, 0)
    assert figures.settled_after < 600
    office.assert_exactly(300)


@pytest.mark.processes
def test_500_due_with_two_beats_and_a_flushed_broker(office: Office, valkey: ValkeyServer) -> None:
    figures = flood(office, valkey, due=500, patience=600)

    show("two beats, flushed broker", figures)
    assert (figures.at_gateway, figures.doubled, figures.create_calls) == (500, 0, 500)
    office.assert_exactly(500)


@pytest.mark.processes
def test_a_gateway_down_for_a_day_and_5000_due(office: Office, gateway: LossyProxy, clock: MovingClock | None) -> None:
    office.environment["GATEWAY_BREAKER_PAUSE"] = "5"

    figures = sit_out(office, gateway, due=5_000, rate=50, down=30, clock=clock, patience=900)

    show("a day without the gateway", figures)
    assert figures.probes <= 30 / 5 + 1
    assert figures.most_a_second <= 50 * LEEWAY
    assert (figures.at_gateway, figures.doubled, figures.out_of_order) == (5_000, 0, 0)
    began = time.monotonic()
    office.assert_exactly(5_000)
    print(
        f"exactly 5,000 at the gateway, and the audit, which asked it for each, empty: {time.monotonic() - began:.0f} s"
    )


@pytest.mark.processes
@pytest.mark.parametrize("place", PLACES)
def test_an_act_on_5000_rows_killed_half_way(office: Office, place: str) -> None:
    survive_death_in_the_middle(office, rows=5_000, place=place, patience=600)

    office.wait_until_sent(5_000, timeout=600)
    office.assert_exactly(5_000)
    print(f"\n5,000 rows, killed {place} ({connection.vendor}): each issued once, at the gateway once, audit empty")


@pytest.mark.django_db(transaction=True)
def test_the_state_machine_at_length(make_world: Any) -> None:
    run_machine(make_world, settings(max_examples=150, stateful_step_count=40, derandomize=False))
    print(f"\nstate machine ({connection.vendor}): {Billing.examples} runs, {Billing.steps} steps, no invariant broken")
