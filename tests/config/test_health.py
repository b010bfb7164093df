"""What load balancers ask."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from config import health


def test_alive_without_asking_anybody(client: Client, valkey: Any) -> None:
    valkey.stop()

    answer = client.get("/livez")  # no database mark: a query would fail

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies == {}


@pytest.mark.django_db(transaction=True)
def test_ready_with_database_and_redis(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok", "redis": "ok"})


@pytest.mark.django_db(transaction=True)
def test_ready_without_redis_and_says_so(client: Client, valkey: Any) -> None:
    valkey.stop()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["redis"]) == (200, "unavailable")


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_a_database_and_no_reason_given(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any) -> None:
        raise OperationalError("could not connect to server at 10.0.0.7 as billing")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "unavailable", "redis": "ok"}


def test_a_database_that_hangs_is_not_waited_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MOST_SECONDS", 0.3)

    def hang(self: Any) -> None:
        time.sleep(3)
        raise OperationalError("timeout expired")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", hang)
    began = time.monotonic()

    assert client.get("/readyz").status_code == 503

    assert time.monotonic() - began < 2


def test_a_redis_that_hangs_is_not_waited_for(client: Client, valkey: Any) -> None:
    valkey.hang()
    began = time.monotonic()

    client.get("/livez")
    health._answers(health._ask_redis)

    assert time.monotonic() - began < 3


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_they_are_only_looked_at(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
