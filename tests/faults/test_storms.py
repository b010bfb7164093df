"""The short forms of what `make soak` does at length."""

from __future__ import annotations

import random

import pytest

from tests.faults.office import Office
from tests.faults.storm import flood, survive
from tests.infrastructure.valkey import ValkeyServer

pytestmark = pytest.mark.processes


def test_w10_of_30_due_under_12_kills_and_faulty_answers_each_is_at_the_gateway_once(office: Office) -> None:
    figures = survive(office, due=30, kills=12, chance=random.Random(2025), pause=0.8, patience=120)

    assert (figures.at_gateway, figures.doubled) == (30, 0), figures
    assert figures.faulty_answers > 0
    office.assert_exactly(30)


def test_t3_with_two_beats_and_an_emptied_broker_80_due_are_80_invoices(office: Office, valkey: ValkeyServer) -> None:
    figures = flood(office, valkey, due=80, patience=120)

    assert (figures.at_gateway, figures.doubled, figures.create_calls) == (80, 0, 80), figures
    office.assert_exactly(80)
