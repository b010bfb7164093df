"""The tests' own servers do what the other tests rely on."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

import pytest
import redis
import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Page

from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.postgres import PostgresCluster
from tests.infrastructure.processes import Processes, RunningProcess, WebServer
from tests.infrastructure.valkey import ValkeyServer
from tests.infrastructure.waiting import wait_until


def test_settings_were_read_with_the_servers_of_this_run(valkey: ValkeyServer) -> None:
    cache.set("key", "value")

    assert valkey.url == settings.REDIS_URL
    assert valkey.client().dbsize() == 1


def test_a_stopped_valkey_refuses_and_starts_empty_at_the_same_address(valkey: ValkeyServer) -> None:
    client = valkey.client()
    client.set("key", "value")

    valkey.stop()

    with pytest.raises(redis.ConnectionError):
        client.ping()
    valkey.start()
    assert client.dbsize() == 0


def test_a_hanging_valkey_lets_callers_wait(valkey: ValkeyServer) -> None:
    valkey.hang()

    with pytest.raises(redis.TimeoutError):
        valkey.client(timeout=0.2).ping()

    valkey.resume()
    assert valkey.answers()


@pytest.mark.processes
def test_a_live_database_is_shared_with_real_processes(live_database: LiveDatabase, processes: Processes) -> None:
    get_user_model().objects.create_user("here")

    processes.manage("shell", "-c", "from billing.models import User; User.objects.create_user('there')")

    assert get_user_model().objects.filter(username="there").exists()
    assert live_database.fetch("SELECT count(*) FROM billing_user") == [(2,)]
    assert connection.settings_dict["NAME"] == live_database.name


@pytest.mark.processes
def test_two_live_databases_know_nothing_of_each_other(live_database: LiveDatabase) -> None:
    assert get_user_model().objects.count() == 0


@pytest.mark.processes
def test_a_process_is_stopped_and_its_log_kept(start_process: Callable[..., RunningProcess]) -> None:
    sleeper = start_process(
        [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(60)"], name="sleeper"
    )
    sleeper.wait_for_log("awake")

    assert sleeper.stop() == -signal.SIGTERM
    assert not sleeper.is_running


@pytest.mark.processes
def test_a_private_postgresql_survives_an_immediate_restart(private_postgres: PostgresCluster) -> None:
    private_postgres.stop()
    assert not private_postgres.answers()

    private_postgres.restart()

    assert private_postgres.answers()


@pytest.mark.processes
def test_a_private_postgresql_whose_port_was_taken_meanwhile_takes_another(private_postgres: PostgresCluster) -> None:
    second = PostgresCluster(private_postgres.folder.with_name("second"), private_postgres.binaries)
    second.port = private_postgres.port

    try:
        second.create()

        assert second.port != private_postgres.port
        assert second.answers()
    finally:
        second.stop()


@pytest.mark.browser
def test_the_browser_shows_a_page_while_the_database_is_used(page: Page, live_database: LiveDatabase) -> None:
    get_user_model().objects.create_user("reader")

    page.set_content("<h1 lang=ar dir=rtl>فاتورة</h1>")

    assert page.inner_text("h1") == "فاتورة"
    assert get_user_model().objects.count() == 1


@pytest.mark.processes
def test_a_worker_and_a_web_server_start_on_a_live_database(
    live_database: LiveDatabase,
    celery_worker: Callable[..., RunningProcess],
    gunicorn: Callable[..., WebServer],
) -> None:
    worker = celery_worker(concurrency=1, arguments=["-B"])
    web = gunicorn()

    assert requests.get(f"{web.base_url}/livez", timeout=5).status_code == 200
    assert len(worker.children) == 2  # the one that works, and the beat
    assert worker.stop() == 0
    assert web.stop() == 0


def test_waiting_returns_the_answer_or_fails() -> None:
    answers = iter([0, 0, 7])

    assert wait_until(lambda: next(answers)) == 7
    with pytest.raises(AssertionError, match="the sky falls"):
        wait_until(lambda: False, 0.01, reason="the sky falls")
