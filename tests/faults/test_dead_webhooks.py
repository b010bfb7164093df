"""A process killed with -9 at each step of telling a merchant's system: it is told, with the same id each time."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from billing.clock import database_now
from billing.models import Bill, WebhookDelivery, WebhookEndpoint
from tests.factories import make_bill, make_merchant
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import Processes
from tests.invoices.webhooks.receiver import Receiver, deliver, let_pauses_pass

pytestmark = pytest.mark.processes

CALL = "billing.webhooks.calls:call_endpoint"
RECORD = "billing.webhooks.outcomes:record_outcome"
# Where it dies, and how many calls arrived by then.
STEPS = {
    "before the call": (f"{CALL}:before", 0),
    "told and not written down": (f"{CALL}:after", 1),
    "all done": (f"{RECORD}:after", 1),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_dies_while_telling(
    live_database: LiveDatabase, processes: Processes, httpserver: HTTPServer, tmp_path: Path, step: str
) -> None:
    place, by_then = STEPS[step]
    merchant = make_merchant()
    receiver = Receiver(httpserver, merchant)
    make_bill(merchant)
    Bill.objects.update(invoiced_at=database_now())  # or the sweep would invoice it, and tell of that too
    (marks := tmp_path / "marks").mkdir()

    command = [sys.executable, "-m", "tests.faults.dying_worker", "--marks", str(marks), "--at", place]
    environment = {"GATEWAY_ALLOW_PRIVATE": "1"}
    died = processes.start([*command, "--", "manage", "sweep"], env=environment, name="dying")
    assert died.wait(90) == -signal.SIGKILL, died.log
    assert len(receiver.received) == by_then

    assert deliver(receiver.endpoint) == 0  # its lease has not run out
    WebhookEndpoint.objects.update(busy_until=None)
    let_pauses_pass()
    deliver(receiver.endpoint)

    assert WebhookDelivery.objects.get().status == "DELIVERED"
    assert len(receiver.received) == (1 if step != "told and not written down" else 2)
    assert len({(each.id, each.text) for each in receiver.received}) == 1
