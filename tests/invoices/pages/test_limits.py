"""One address may only ask so often; a lost counter or database is not the customer's fault."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from billing.client_networks import client_network
from billing.models import Merchant
from tests.invoices.pages.documents import owed_bill, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tight(settings: Any) -> Any:
    settings.PAGES_PER_ADDRESS = "3/h"
    return settings


def statuses(client: Client, path: str, times: int, **extra: str) -> list[int]:
    return [client.get(path, **extra).status_code for _ in range(times)]


def test_guessing_is_stopped_and_others_are_served(client: Client, shop: Merchant, tight: Any) -> None:
    path = page_of(owed_bill(shop))

    assert statuses(client, "/razzbery/pay/guess", 5) == [404, 404, 404, 429, 429]

    refused = client.get(path)
    assert refused.status_code == 429
    assert "Too many requests" in refused.content.decode()
    assert refused["Retry-After"] == "60"
    assert refused["Cache-Control"] == "no-store"
    assert client.get(path, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(client: Client, shop: Merchant, tight: Any) -> None:
    path = page_of(owed_bill(shop))

    made_up = [client.get(path, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}").status_code for n in range(4)]
    assert made_up == [200, 200, 200, 429]

    tight.TRUSTED_PROXIES = 1
    through = [client.get(path, HTTP_X_FORWARDED_FOR=f"1.1.1.1, 198.51.100.{n}").status_code for n in range(4)]
    assert through == [200, 200, 200, 200]
    appended = [client.get(path, HTTP_X_FORWARDED_FOR=f"10.0.0.{n}, 192.0.2.1").status_code for n in range(4)]
    assert appended == [200, 200, 200, 429]


def test_a_line_of_ipv6_counts_as_one(client: Client, shop: Merchant, tight: Any) -> None:
    path = page_of(owed_bill(shop))

    same_line = [client.get(path, REMOTE_ADDR=f"2001:db8:1:2::{n}").status_code for n in range(4)]

    assert same_line == [200, 200, 200, 429]
    assert client.get(path, REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


@pytest.mark.parametrize(
    ("count", "forwarded", "network"),
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (2, "198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "nonsense", "192.0.2.1"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "2001:db8::1", "2001:db8::/64"),
    ],
)
def test_whose_word_counts(rf: Any, settings: Any, count: int, forwarded: str, network: str) -> None:
    settings.TRUSTED_PROXIES = count
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert client_network(request) == network


def test_a_server_behind_a_unix_socket_knows_no_address(rf: Any) -> None:
    assert client_network(rf.get("/", REMOTE_ADDR="")) == ""


def test_without_redis_pages_are_served(client: Client, shop: Merchant, tight: Any, valkey: Any) -> None:
    path = page_of(owed_bill(shop))
    valkey.stop()

    assert statuses(client, path, 5) == [200] * 5


def test_a_limit_of_zero_is_none(client: Client, shop: Merchant, settings: Any) -> None:
    settings.PAGES_PER_ADDRESS = "0/m"

    assert statuses(client, page_of(owed_bill(shop)), 3) == [200] * 3


def test_without_the_database_a_page_says_so(client: Client, shop: Merchant) -> None:
    path = page_of(owed_bill(shop))

    def refuse(*args: Any) -> None:
        raise OperationalError("server closed the connection")

    with connection.execute_wrapper(refuse):
        page = client.get(path)

    assert page.status_code == 503
    assert "This page is not available right now" in page.content.decode()
    assert "server closed" not in page.content.decode()
    assert page["Retry-After"] == "30"
