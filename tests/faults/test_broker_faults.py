"""The broker stopped, emptied, hung, full, or with messages nobody understands: the database is the queue."""

from __future__ import annotations

import time

import pytest
import requests

from config.celery import app
from invoices.models import Invoice
from invoices.services.pushing.due_accounts import accounts_to_push
from tests.contract.api_client import BILL
from tests.factories import make_api_key
from tests.faults.office import Office
from tests.infrastructure.valkey import ValkeyServer
from tests.infrastructure.waiting import wait_until

pytestmark = pytest.mark.processes


def post_bills(office: Office, count: int) -> list[float]:
    """Posts so many bills, each of which has to be taken; how long each took."""
    session = requests.Session()
    session.headers["X-API-Key"] = make_api_key(office.shop.merchant)
    url = f"{office.web.base_url}/razzbery/v1/add/bill"
    answers = [session.post(url, json=BILL, timeout=10) for _ in range(count)]
    assert [answer.status_code for answer in answers] == [200] * count
    return sorted(answer.elapsed.total_seconds() for answer in answers)


def test_b1_bills_are_taken_while_the_broker_is_down_and_sent_when_it_is_back(
    office: Office, valkey: ValkeyServer
) -> None:
    office.worker()
    valkey.stop()

    took = post_bills(office, 20)
    time.sleep(3)
    valkey.start()

    assert took[int(len(took) * 0.95) - 1] < 1
    office.wait_until_sent(20)
    office.assert_exactly(20)


def test_b1_a_worker_outlives_brokers_that_crash_while_its_tasks_end(office: Office, valkey: ValkeyServer) -> None:
    worker = office.worker()

    for into_the_work in (0.4, 0.6):
        for _ in range(300):
            app.send_task("invoices.tasks.issue_invoices", queue="issue")
            app.send_task("invoices.tasks.sweep_callbacks", queue="notify")
        time.sleep(into_the_work)
        valkey.stop()
        time.sleep(3)
        valkey.start()
        wait_until(lambda: valkey.client().exists("_kombu.binding.issue") or not worker.is_running, reason="it is back")
        assert worker.is_running, worker.log[-3000:]

    office.make_due(5)
    office.wait_until_sent(5)
    office.assert_exactly(5)


def test_b2_a_flushed_broker_loses_no_invoice(office: Office, valkey: ValkeyServer) -> None:
    office.make_due(60)
    for _ in range(20):
        app.send_task("invoices.tasks.issue_invoices", queue="issue")
        app.send_task("invoices.tasks.push_invoices", [[office.shop.account.pk]], queue="push")
    assert valkey.client().llen("push") == 20

    valkey.flush()
    office.worker()
    wait_until(lambda: office.sent() > 5, 60, reason="the sweep found them")
    valkey.flush()

    office.wait_until_sent(60)
    office.assert_exactly(60)


def test_b3_a_broker_that_only_accepts_keeps_no_bill_waiting(office: Office, valkey: ValkeyServer) -> None:
    post_bills(office, 1)
    valkey.hang()

    # The cache answers nothing either: at most REDIS_TIMEOUT for the first connection of each thread, then none.
    took = post_bills(office, 10)

    assert took[len(took) // 2] < 1.5
    valkey.resume()
    office.worker()
    office.wait_until_sent(11)
    office.assert_exactly(11)


@pytest.mark.parametrize("policy", ["noeviction", "allkeys-lru"])
def test_b4_a_full_broker_is_as_good_as_none(office: Office, valkey: ValkeyServer, policy: str) -> None:
    client = valkey.client()
    client.config_set("maxmemory", "1")
    client.config_set("maxmemory-policy", policy)
    try:
        post_bills(office, 5)
    finally:
        client.config_set("maxmemory", "0")
        client.config_set("maxmemory-policy", "noeviction")

    office.worker()
    office.wait_until_sent(5)
    office.assert_exactly(5)


def test_b5_a_restarted_broker_forgets_limits_and_nothing_else(office: Office, valkey: ValkeyServer) -> None:
    merchant = office.shop.merchant
    merchant.bills_per_hour = 3
    merchant.save()
    post_bills(office, 3)
    headers = {"X-API-Key": make_api_key(merchant)}
    url = f"{office.web.base_url}/razzbery/v1/add/bill"
    assert requests.post(url, json=BILL, headers=headers, timeout=10).status_code == 429

    valkey.stop()
    valkey.start()

    post_bills(office, 3)
    office.worker()
    office.wait_until_sent(6)
    office.assert_exactly(6)


def test_b6_a_task_delivered_to_five_at_once_sends_each_invoice_once(office: Office) -> None:
    office.make_due(20)
    office.shop.issue()

    for _ in range(5):
        app.send_task("invoices.tasks.push_invoices", [[office.shop.account.pk]], queue="push")
    office.worker(with_beat=False, concurrency=5)

    office.wait_until_sent(20)
    office.assert_exactly(20)
    assert office.shop.book()["totals"]["create_calls"] == 20


def test_b7_messages_of_another_version_are_dropped_and_the_sweep_does_the_work(office: Office) -> None:
    office.make_due(3)
    app.send_task("invoices.tasks.push_one_invoice", [1], queue="push")
    app.send_task("invoices.tasks.push_invoices", [], queue="push")
    app.send_task("invoices.tasks.push_invoices", ["nobody", {"made": "up"}], queue="push")
    app.send_task("invoices.tasks.run_account_errands", ["no such errand", 1], queue="enquire")

    worker = office.worker()

    office.wait_until_sent(3)
    office.assert_exactly(3)
    assert worker.is_running
    assert "push_one_invoice" in worker.log


def test_what_waits_in_the_broker_names_no_customer(office: Office, valkey: ValkeyServer) -> None:
    post_bills(office, 3)
    wait_until(lambda: valkey.client().llen("issue"), 10, reason="the wake-up is published")
    office.shop.issue()
    for account_id in accounts_to_push(now=Invoice.objects.latest("created_at").created_at):
        app.send_task("invoices.tasks.push_invoices", [[account_id]], queue="push")

    client = valkey.client()
    waiting = b"".join(b"".join(client.lrange(name, 0, -1)) for name in ("issue", "push"))

    assert b"push_invoices" in waiting
    for told in (BILL["customerPhone"], BILL["customerPhone"][1:], BILL["customerName"], BILL["customerEmail"]):
        assert told.encode() not in waiting
