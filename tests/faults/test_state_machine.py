"""The short form of the state machine (`make soak` has the long one)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.faults.state_machine import run_machine


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_in_whatever_order_nothing_is_lost_or_doubled(make_world: Any) -> None:
    short = settings(max_examples=10, stateful_step_count=14, derandomize=True, phases=[Phase.generate])

    run_machine(make_world, short)
