"""Wake-ups only shorten the wait: a bill is pushed within seconds, and without Redis by the next sweep."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from invoices.models import Invoice
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import Processes, RunningProcess, WebServer
from tests.infrastructure.waiting import wait_until

pytestmark = pytest.mark.processes


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
