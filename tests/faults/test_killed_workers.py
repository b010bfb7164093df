"""A silent gateway and workers killed with -9: every due installment is one invoice at the gateway, none is two."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from invoices.models import GatewayAccount, Invoice
from invoices.sandbox.book import read_book
from invoices.sandbox.faults import switch_on
from invoices.sandbox.models import FaultKind
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import Processes, RunningProcess, WebServer
from tests.infrastructure.waiting import wait_until

pytestmark = pytest.mark.processes

DUE = 100
SILENT = 30
KILLS = 10
# As in production, only shorter.
IMPATIENT = {
    "GATEWAY_DEADLINE": "2",
    "GATEWAY_LEASE": "8",
    "GATEWAY_LEASE_MARGIN": "1",
    "GATEWAY_BREAKER_PAUSE": "2",
    "GATEWAY_LOOKS_WITHIN": "6",
    "GATEWAY_RETRY_BASE": "2",
    "SWEEP_INTERVAL": "1",
    "ERRAND_SWEEP_INTERVAL": "1",
    "CALLBACK_SWEEP_INTERVAL": "5",
}


def test_100_due_and_a_silent_gateway_and_ten_kills_are_100_invoices(
    live_database: LiveDatabase,
    processes: Processes,
    gunicorn: Callable[..., WebServer],
    celery_worker: Callable[..., RunningProcess],
) -> None:
    web = gunicorn(env=IMPATIENT, threads=40)
    environment = IMPATIENT | {"PUBLIC_BASE_URL": web.base_url}
    processes.manage("seed_demo", "--merchants", "2", env=environment)
    switch_on(kind=FaultKind.ACCEPTED_SILENT, count=SILENT, seconds=10)
    processes.manage("seed_due", str(DUE), "--merchant", "merchant-0002", env=environment)

    chance = random.Random(2025)
    for _ in range(KILLS):
        worker = celery_worker(env=environment, arguments=["-B"])
        time.sleep(chance.uniform(0.2, 2.5))
        worker.kill()
    celery_worker(env=environment, arguments=["-B"])

    due = Invoice.objects.filter(merchant__username="merchant-0002")
    wait_until(lambda: due.filter(delivery="SENT").count() == DUE, 240, interval=1, reason="all are sent")
    account = GatewayAccount.objects.get(merchant__username="merchant-0002")
    book = read_book(account=account.merchant_code)
    assert (book["totals"]["invoices"], book["totals"]["not_cancelled"], book["doubled"]) == (DUE, DUE, [])
    assert due.count() == DUE
    answer = json.loads(processes.manage("billing_audit", "--json", "--gateway", env=environment))
    assert answer["differences"] == []


def test_a_posted_bill_is_pushed_within_seconds_and_without_redis_within_a_sweep(
    live_database: LiveDatabase,
    processes: Processes,
    gunicorn: Callable[..., WebServer],
    celery_worker: Callable[..., RunningProcess],
    valkey: Any,
    tmp_path: Any,
) -> None:
    web = gunicorn()
    environment = {"PUBLIC_BASE_URL": web.base_url, "SWEEP_INTERVAL": "3600"}
    keys = tmp_path / "keys.json"
    processes.manage("seed_demo", "--keys-out", str(keys), env=environment)
    (merchant,) = json.loads(keys.read_text())["merchants"]
    celery_worker(env=environment)  # no beat: only the wake-up can wake it

    bill = {
        "customerName": "Razzbery Solutions",
        "customerPhone": "0777839071",
        "serviceType": "Water Bill",
        "dueAmount": 150.50,
        "dueDate": "2025-12-31",
    }
    url = f"{web.base_url}/{merchant['username']}/v1/add/bill"
    headers = {"X-API-Key": merchant["key"]}
    posted = requests.post(url, json=bill, headers=headers, timeout=10)
    assert posted.status_code == 200
    wait_until(lambda: Invoice.objects.filter(delivery="SENT").count() >= 3, 20, reason="the wake-up was heard")

    valkey.stop()
    began = time.monotonic()
    posted = requests.post(url, json=bill, headers=headers, timeout=10)
    assert posted.status_code == 200
    assert time.monotonic() - began < 5
    assert Invoice.objects.filter(bill__billing_no=posted.json()["data"]["billingNo"]).count() == 0

    processes.manage("sweep", env=environment)
    assert Invoice.objects.get(bill__billing_no=posted.json()["data"]["billingNo"]).delivery == "SENT"
