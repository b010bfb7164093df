"""System checks refuse combinations of settings that would hurt."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks

from config.checks import (
    check_debug_is_not_public,
    check_lease_outlives_a_call,
    check_mail_can_leave,
    check_redis_evicts_nothing,
)


def ids(messages: Any) -> list[str | None]:
    return [message.id for message in messages]


@pytest.mark.parametrize(("lease", "expected"), [(90, []), (31, []), (30, ["config.E001"]), (5, ["config.E001"])])
def test_a_lease_outlives_its_call(settings: Any, lease: float, expected: list[str]) -> None:
    settings.GATEWAY_DEADLINE, settings.GATEWAY_LEASE_MARGIN, settings.GATEWAY_LEASE = 20.0, 5.0, lease

    assert ids(check_lease_outlives_a_call(None)) == expected
    assert [each for each in ids(run_checks()) if each == "config.E001"] == expected


@pytest.mark.parametrize(
    ("debug", "address", "expected"),
    [
        (True, "https://billing.example.com", ["config.E002"]),
        (True, "https://8.8.8.8", ["config.E002"]),
        (True, "https://billing.shop.test", []),
        (True, "https://localhost:8443", []),
        (True, "https://10.0.0.4", []),
        (True, "https://desk.home.arpa", []),
        (True, "https://desk", []),
        (True, "http://billing.example.com", []),
        (False, "https://billing.example.com", []),
    ],
)
def test_debug_is_not_for_the_public(settings: Any, debug: bool, address: str, expected: list[str]) -> None:
    settings.DEBUG, settings.PUBLIC_BASE_URL = debug, address

    assert ids(check_debug_is_not_public(None)) == expected


def test_an_evicting_redis_is_warned_about(settings: Any, valkey: Any) -> None:
    import redis

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            (warning,) = check_redis_evicts_nothing(None)
        finally:
            client.config_set("maxmemory-policy", "noeviction")

    assert warning.id == "config.W001"
    assert "allkeys-lru" in warning.msg
    assert check_redis_evicts_nothing(None) == []


def test_a_redis_that_is_away_is_not_this_checks_business(valkey: Any) -> None:
    valkey.stop()

    assert check_redis_evicts_nothing(None) == []


@pytest.mark.parametrize(("server", "sender"), [("", "billing@example.com"), ("mail.example.com", "billing@localhost")])
def test_a_production_that_cannot_send_mail_is_warned_about(settings: Any, server: str, sender: str) -> None:
    settings.DEBUG, settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = False, server, sender

    (warning,) = check_mail_can_leave(None)

    assert warning.id == "config.W002"
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.com", "Billing <billing@example.com>"
    assert check_mail_can_leave(None) == []


def test_ordinary_checks_stay_off_the_network(settings: Any) -> None:
    settings.REDIS_URL = "redis://192.0.2.1:6379/0"

    assert "config.W001" not in ids(run_checks())
