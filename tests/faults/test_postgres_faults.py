"""PostgreSQL restarted, cut off, hung, full or read-only: no answer lies, and what was lost is not half done."""

from __future__ import annotations

import contextlib
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from django.db import connection
from pytest_django import DjangoDbBlocker

from billing.models import Bill
from invoices.models import Invoice
from tests.contract.api_client import BILL
from tests.factories import make_api_key, make_merchant
from tests.faults.office import HASTE, Office
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.ports import HOST
from tests.infrastructure.postgres import DATABASE, PostgresCluster, postgres_binaries
from tests.infrastructure.processes import Processes
from tests.infrastructure.proxy import LossyProxy
from tests.infrastructure.template import fill
from tests.infrastructure.waiting import wait_until
from tests.invoices.sandbox_account import connect_to_sandbox

# They share one server: two workers would each start it, in turn.
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("postgresql")]

CUT_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop'"
QUICK_TO_NOTICE = {"DATABASE_CONNECT_TIMEOUT": "2", "DATABASE_STATEMENT_TIMEOUT": "3"}


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    """Flushes at every commit: what it has confirmed survives."""
    binaries = postgres_binaries()
    if binaries is None or connection.vendor != "postgresql":
        pytest.skip("These run in the tests on PostgreSQL.")
    with tempfile.TemporaryDirectory(prefix="billing-postgresql-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        cluster = PostgresCluster(Path(folder) / "cluster", binaries, is_durable=True)
        try:
            cluster.create()
            fill(cluster.url())
            yield cluster
        finally:
            cluster.stop()


@dataclass
class Shop:
    """A web server on a database of its own in the cluster, and one merchant's key."""

    cluster: PostgresCluster
    office: Office
    key: str

    def post(self, **headers: str) -> requests.Response:
        return requests.post(
            f"{self.office.web.base_url}/razzbery/v1/add/bill",
            json=BILL,
            headers={"X-API-Key": self.key, **{name.replace("_", "-"): value for name, value in headers.items()}},
            timeout=30,
        )


@pytest.fixture
def proxy(cluster: PostgresCluster) -> Iterator[LossyProxy]:
    """What the web server reaches the database through."""
    proxy = LossyProxy(cluster.port)
    yield proxy
    proxy.close()


@pytest.fixture
def shop(
    cluster: PostgresCluster,
    proxy: LossyProxy,
    django_db_blocker: DjangoDbBlocker,
    hasty_settings: Any,
    tmp_path: Path,
) -> Iterator[Shop]:
    cluster.execute("DROP DATABASE IF EXISTS shop WITH (FORCE)")
    cluster.execute(f"CREATE DATABASE shop TEMPLATE {DATABASE}")
    url = cluster.url("shop")
    database = LiveDatabase(name="shop", url=url, server={"HOST": HOST, "PORT": cluster.port})
    processes = Processes(tmp_path, database_url=url)
    marks = tmp_path / "marks"
    marks.mkdir()
    with django_db_blocker.unblock(), database.as_default():
        try:
            through_proxy = url.replace(str(cluster.port), str(proxy.port))
            web = processes.gunicorn(env=HASTE | QUICK_TO_NOTICE | {"DATABASE_URL": through_proxy}, threads=16)
            hasty_settings.PUBLIC_BASE_URL = web.base_url
            merchant = make_merchant("razzbery", issue_days_ahead=0, bills_per_hour=0, messages_per_day=0)
            shop = connect_to_sandbox(merchant, base_url=web.base_url)
            environment = HASTE | QUICK_TO_NOTICE | {"PUBLIC_BASE_URL": web.base_url}
            office = Office(shop=shop, web=web, processes=processes, environment=environment, marks=marks)
            yield Shop(cluster, office, make_api_key(merchant))
        finally:
            cluster.resume()
            cluster.start()
            processes.end()


def assert_is_an_envelope(answer: requests.Response) -> None:
    assert answer.status_code == 500
    error = answer.json()["error"]
    assert error["code"] == "SERVER_ERROR"
    assert error["details"].startswith("Database unavailable (request ")


def test_p1_a_restart_during_posts_answers_200_only_for_what_is_there(shop: Shop) -> None:
    with ThreadPoolExecutor(8) as clients:
        answers = [clients.submit(shop.post) for _ in range(400)]
        wait_until(lambda: sum(answer.done() for answer in answers) > 100, 30, reason="posts are under way")
        shop.cluster.restart()
    connection.close()

    taken = [answer.result() for answer in answers]
    failed = [answer for answer in taken if answer.status_code != 200]
    for answer in failed:
        assert_is_an_envelope(answer)
    numbers = {answer.json()["data"]["billingNo"] for answer in taken if answer.status_code == 200}
    there = set(Bill.objects.values_list("billing_no", flat=True))
    assert len(numbers) == 400 - len(failed)
    assert numbers <= there
    assert len(there - numbers) <= 8, "a commit whose answer was lost: at most one for each client"
    assert shop.post().status_code == 200


def test_p2_connections_cut_in_the_middle_leave_nothing_and_a_retry_is_safe(shop: Shop) -> None:
    is_over = threading.Event()

    def cut() -> None:
        while not is_over.wait(0.15):
            shop.cluster.execute(CUT_ALL)

    def post_until_taken(key: int) -> tuple[str, int]:
        for tries in range(100):
            answer = shop.post(Idempotency_Key=f"bill-{key}")
            if answer.status_code == 200:
                return answer.json()["data"]["billingNo"], tries
            if answer.status_code != 409:
                assert_is_an_envelope(answer)
        raise AssertionError("never taken")

    cutter = threading.Thread(target=cut)
    cutter.start()
    with ThreadPoolExecutor(8) as clients:
        posted = list(clients.map(post_until_taken, range(150)))
    is_over.set()
    cutter.join()
    connection.close()

    assert sum(tries for _, tries in posted) > 0
    assert {number for number, _ in posted} == set(Bill.objects.values_list("billing_no", flat=True))
    assert Bill.objects.count() == 150


def test_p3_a_commit_whose_answer_is_lost_is_found_again_by_its_key(shop: Shop, proxy: LossyProxy) -> None:
    assert shop.post().status_code == 200
    proxy.lose_the_answer_to(b"COMMIT")

    lost = shop.post(Idempotency_Key="lost")
    again = shop.post(Idempotency_Key="lost")

    assert_is_an_envelope(lost)
    assert again.status_code == 200
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Bill.objects.filter(billing_no=again.json()["data"]["billingNo"]).exists()
    assert Bill.objects.count() == 2


def test_p4_a_database_that_takes_no_new_connection_in_time_is_an_answer_and_not_a_wait(shop: Shop) -> None:
    shop.cluster.hang()
    began = time.monotonic()

    with ThreadPoolExecutor(4) as clients:
        answers = list(clients.map(lambda _: shop.post(), range(4)))
    ready = requests.get(f"{shop.office.web.base_url}/readyz", timeout=10)
    took = time.monotonic() - began
    shop.cluster.resume()

    for answer in answers:
        assert_is_an_envelope(answer)
    assert took < 15
    assert (ready.status_code, ready.json()["database"]) == (503, "unavailable")
    assert shop.post().status_code == 200
    assert Bill.objects.count() == 1


def test_p4_requests_on_connections_that_were_open_before_are_answered_too(shop: Shop) -> None:
    assert shop.post().status_code == 200
    shop.cluster.hang()
    began = time.monotonic()

    with ThreadPoolExecutor(4) as clients:
        answers = list(clients.map(lambda _: shop.post(), range(4)))
    took = time.monotonic() - began
    shop.cluster.resume()

    for answer in answers:
        assert_is_an_envelope(answer)
    assert took < 25
    assert shop.post().status_code == 200


def test_p6_without_a_free_connection_requests_fail_at_once_and_later_ones_succeed(shop: Shop) -> None:
    held = []
    with contextlib.suppress(psycopg.OperationalError):
        while len(held) < 1_000:
            held.append(psycopg.connect(shop.cluster.url("shop"), connect_timeout=5))
    began = time.monotonic()

    answer = shop.post()
    took = time.monotonic() - began
    for one in held:
        one.close()

    assert_is_an_envelope(answer)
    assert took < 10
    wait_until(lambda: shop.post().status_code == 200, 10, reason="there is room again")


def test_p7_a_read_only_database_takes_nothing_and_claims_nothing(shop: Shop) -> None:
    shop.office.make_due(3)
    shop.office.shop.issue()
    shop.cluster.execute("ALTER DATABASE shop SET default_transaction_read_only = on")
    shop.cluster.execute(CUT_ALL)
    connection.close()

    answer = shop.post()
    worker = shop.office.worker()
    worker.wait_for_log("read-only transaction")

    assert_is_an_envelope(answer)
    assert Bill.objects.count() == 0
    assert set(Invoice.objects.values_list("delivery", "attempts")) == {("NEW", 0)}
    shop.cluster.execute("ALTER DATABASE shop SET default_transaction_read_only = off")
    shop.cluster.execute(CUT_ALL)
    connection.close()
    assert shop.post().status_code == 200
    shop.office.wait_until_sent(4)
    shop.office.assert_exactly(4)


def test_workers_survive_restarts_and_a_hang_longer_than_a_lease(shop: Shop) -> None:
    shop.office.make_due(60)
    shop.office.worker()
    for send in (signal.SIGQUIT, signal.SIGINT):
        wait_for_progress()
        shop.cluster.stop(send)
        time.sleep(1)
        shop.cluster.start()
    wait_for_progress()
    shop.cluster.hang()
    time.sleep(6)
    shop.cluster.resume()
    connection.close()

    shop.office.wait_until_sent(60, timeout=120)
    shop.office.assert_exactly(60)


def wait_for_progress() -> None:
    connection.close()
    before = Invoice.objects.filter(delivery="SENT").count()
    wait_until(lambda: Invoice.objects.filter(delivery="SENT").count() > before or before == 60, 60, reason="progress")
