"""Workers killed with -9 at each step of issuing and sending: what another worker then finds, and does once."""

from __future__ import annotations

import signal
import sys
from datetime import timedelta

import pytest
from django.db.models import F

from billing.clock import database_now
from invoices.models import Invoice
from invoices.policy import GatewayPolicy
from invoices.services import sweeps
from tests.faults.office import Office
from tests.infrastructure.waiting import wait_until
from tests.invoices.acts import let_leases_run_out

pytestmark = pytest.mark.processes

COMMIT = "django.db.backends.base.base:BaseDatabaseWrapper._commit"
CLAIM = "invoices.services.pushing.claims:claim_due"
CREATE = "invoices.gateway.client:GatewayClient.create_invoice"
SEND = "invoices.gateway.transport:HttpTransport.send"
RECORD = "invoices.services.pushing.outcomes:record_outcomes"
RECORD_CREATED = "invoices.services.pushing.outcomes:_record_created"
PUSH = "invoices.services.pushing.delivery:push_due"
# Where it dies, what is left of the invoice, and how many of it the gateway then has.
SENDING = {
    "w1 before the claim": (CLAIM, "NEW", 0),
    "w1 before the claim is committed": (f"{COMMIT}:before@{CLAIM}", "NEW", 0),
    "w2 claimed and written down": (f"{CLAIM}:after", "SENDING", 0),
    "w3 before the request leaves": (SEND, "SENDING", 0),
    "w4 the gateway has it and the answer is unread": (f"{SEND}:after", "SENDING", 1),
    "w6 the answer is read": (RECORD, "SENDING", 1),
    "w7 before the record is committed": (f"{COMMIT}:before@{RECORD_CREATED}", "SENDING", 1),
    "w7 after the record is committed": (f"{COMMIT}:after@{RECORD_CREATED}", "SENT", 1),
    "w8 all done and the message not acknowledged": (f"{PUSH}:after", "SENT", 1),
}


def die(office: Office, place: str) -> None:
    """A process of its own does what a worker does, up to that place."""
    command = [sys.executable, "-m", *office.dying(place), "manage", "sweep"]
    died = office.processes.start(command, env=office.environment, name="dying")
    assert died.wait(60) == -signal.SIGKILL, died.log


@pytest.mark.parametrize("step", SENDING)
def test_a_process_that_dies_while_sending_leaves_what_another_can_finish(office: Office, step: str) -> None:
    place, delivery, at_gateway = SENDING[step]
    office.make_due(1)

    die(office, place)

    invoice = Invoice.objects.get()
    assert (invoice.delivery, office.shop.book()["totals"]["invoices"]) == (delivery, at_gateway)
    let_leases_run_out()
    finish(office)
    office.assert_exactly(1)
    assert office.shop.book()["totals"]["create_calls"] == 1


def finish(office: Office) -> None:
    """As a second worker's sweeps would, the pauses between looks over."""
    policy = GatewayPolicy.from_settings()
    for _ in range(8):
        if not office.unsettled():
            return
        let_a_pause_pass(policy.look_pause)
        sweeps.sweep_everything(now=database_now(), policy=policy)
    raise AssertionError(list(Invoice.objects.values("delivery", "problem")))


def let_a_pause_pass(pause: timedelta) -> None:
    waiting = Invoice.objects.exclude(next_look_at=None)
    waiting.update(next_look_at=database_now(), unknown_since=F("unknown_since") - pause)
    Invoice.objects.update(next_attempt_at=database_now())


def test_a_workers_children_that_die_at_each_step_are_replaced_and_the_book_is_right(office: Office) -> None:
    places = [place for place, *_ in SENDING.values()][2:7]
    office.make_due(20)

    worker = office.dying_worker(*places)

    wait_until(lambda: office.deaths() == len(places), 90, reason="a child died in each place")
    office.wait_until_sent(20)
    office.assert_exactly(20)
    assert worker.is_running


def test_a_whole_worker_that_dies_is_followed_by_another(office: Office) -> None:
    office.make_due(15)

    died = office.dying_worker(f"{SEND}:after", with_parent=True)
    assert died.wait(60) == -signal.SIGKILL
    office.worker()

    office.wait_until_sent(15)
    office.assert_exactly(15)
    assert office.deaths() == 1


def test_w11_w12_an_invoice_that_kills_whoever_sends_it_is_parked_and_its_neighbours_are_sent(office: Office) -> None:
    office.make_due(6)
    office.shop.issue()
    deadly = Invoice.objects.order_by("due_date", "pk")[2]
    office.environment.update(GATEWAY_LOST_LEASES="3")

    worker = office.worker(launcher=office.dying(CREATE, when=deadly.reference))

    wait_until(lambda: not office.unsettled(), 180, interval=0.3, reason="all are sent, or parked")
    deadly.refresh_from_db()
    assert (deadly.delivery, deadly.lost_leases) == ("PARKED", 3)
    assert deadly.problem
    neighbours = Invoice.objects.exclude(pk=deadly.pk)
    assert set(neighbours.values_list("delivery", flat=True)) == {"SENT"}
    assert set(neighbours.values_list("lost_leases", flat=True)) <= {0, 1}, "none was beside it a second time"
    assert office.shop.book()["totals"]["invoices"] == 5
    assert worker.is_running
