"""SQLite locked, full or cut off while it writes: an answer each time, and what was confirmed stays."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from django.db import connection

from billing.models import Bill
from tests.contract.api_client import BILL
from tests.factories import make_api_key, make_merchant
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import Processes, WebServer

pytestmark = [pytest.mark.processes, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def on_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("These run in the tests on SQLite.")


@pytest.fixture
def key(live_database: LiveDatabase) -> str:
    return make_api_key(make_merchant("razzbery", bills_per_hour=0))


def post(web: WebServer, key: str) -> requests.Response:
    return requests.post(f"{web.base_url}/razzbery/v1/add/bill", json=BILL, headers={"X-API-Key": key}, timeout=40)


def assert_is_an_envelope(answer: requests.Response) -> None:
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "SERVER_ERROR")
    assert answer.json()["error"]["details"].startswith("Database unavailable (request ")


def assert_is_whole(path: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_q1_a_long_writer_is_waited_for_and_not_for_ever(
    live_database: LiveDatabase, gunicorn: Callable[..., WebServer], key: str
) -> None:
    web = gunicorn()
    writer = sqlite3.connect(live_database.name, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    threading.Timer(3, lambda: writer.execute("ROLLBACK")).start()

    assert post(web, key).status_code == 200

    writer.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    gave_up = post(web, key)
    waited = time.monotonic() - began
    writer.execute("ROLLBACK")
    writer.close()
    assert_is_an_envelope(gave_up)
    assert 15 < waited < 35
    assert Bill.objects.count() == 1
    assert post(web, key).status_code == 200


def test_q3_a_database_that_cannot_be_written_is_refused_at_the_start_with_what_to_do(
    processes: Processes, small_disk: Path
) -> None:
    database = small_disk / "billing.sqlite3"
    database.touch()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    refused = [
        processes.start([sys.executable, *command], env={"DATABASE_URL": f"sqlite:///{database}"})
        for command in (
            ("-m", "gunicorn", "config.wsgi", "--no-control-socket", "--bind", "127.0.0.1:0"),
            ("-m", "celery", "-A", "config", "worker"),
            ("manage.py", "migrate"),
        )
    ]

    for process in refused:
        assert process.wait(60) != 0, process.log
        (said, *_) = [line for line in process.log.splitlines() if f"{database} cannot be written" in line]
        assert said.endswith("name another database in DATABASE_URL.")


def test_q2_a_full_disk_is_an_answer_and_room_again_is_enough(
    live_database: LiveDatabase, processes: Processes, key: str, small_disk: Path
) -> None:
    on_small_disk = small_disk / "billing.sqlite3"
    with contextlib.closing(sqlite3.connect(live_database.name)) as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(live_database.name, on_small_disk)
    web = processes.gunicorn(env={"DATABASE_URL": f"sqlite:///{on_small_disk}"})
    assert post(web, key).status_code == 200

    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(b"0" * 4096)
            file.flush()
    answers = [post(web, key) for _ in range(40)]
    full = [answer for answer in answers if answer.status_code != 200]
    filler.unlink()
    after = post(web, key)

    assert full
    for answer in full:
        assert_is_an_envelope(answer)
    assert after.status_code == 200
    assert_is_whole(str(on_small_disk))
    with contextlib.closing(sqlite3.connect(on_small_disk)) as database:
        (count,) = database.execute("SELECT count(*) FROM billing_bill").fetchone()
    assert count == 2 + len(answers) - len(full)


def test_q4_everything_killed_while_it_writes_leaves_a_whole_file_with_all_that_was_confirmed(
    live_database: LiveDatabase, gunicorn: Callable[..., WebServer], key: str
) -> None:
    web = gunicorn(workers=2)
    confirmed = []

    def post_on() -> None:
        with contextlib.suppress(requests.RequestException):
            while True:
                answer = post(web, key)
                assert answer.status_code == 200
                confirmed.append(answer.json()["data"]["billingNo"])

    with ThreadPoolExecutor(4) as clients:
        posting = [clients.submit(post_on) for _ in range(4)]
        time.sleep(2)
        web.kill()
        for one in posting:
            one.result()

    assert_is_whole(live_database.name)
    there = set(Bill.objects.values_list("billing_no", flat=True))
    assert len(confirmed) > 10
    assert set(confirmed) <= there
    assert len(there) - len(confirmed) <= 4, "at most one for each client that was cut off before its answer"
