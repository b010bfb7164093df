"""The short form of a gateway that is away for a day (`make soak` has the long one)."""

from __future__ import annotations

import pytest

from tests.faults.office import Office
from tests.faults.outage import LEEWAY, sit_out
from tests.infrastructure.proxy import LossyProxy

pytestmark = pytest.mark.processes


def test_g14_after_an_outage_200_due_drain_in_order_and_under_the_ceiling(office: Office, gateway: LossyProxy) -> None:
    office.environment["GATEWAY_BREAKER_PAUSE"] = "2"

    figures = sit_out(office, gateway, due=200, rate=40, down=5, clock=None, patience=120)

    assert figures.probes <= 5 / 2 + 1, figures
    assert figures.most_a_second <= 40 * LEEWAY, figures
    assert figures.out_of_order == 0, figures
    office.assert_exactly(200)
