"""The documented API under many clients, impatient ones, and such as never finish their sentence."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

from billing.models import Bill
from tests.contract.api_client import BILL
from tests.factories import make_api_key, make_merchant
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import WebServer
from tests.invoices.differences import find_differences

pytestmark = pytest.mark.processes

MERCHANTS = 10


@pytest.fixture
def web(live_database: LiveDatabase, gunicorn: Callable[..., WebServer]) -> WebServer:
    return gunicorn(workers=2, threads=8)


@pytest.fixture
def keys(live_database: LiveDatabase) -> dict[str, str]:
    merchants = [make_merchant(f"shop-{number}", bills_per_hour=0) for number in range(MERCHANTS)]
    return {merchant.username: make_api_key(merchant) for merchant in merchants}


def test_a1_posts_of_many_merchants_at_once_are_all_taken_and_numbered_without_a_gap(
    web: WebServer, keys: dict[str, str]
) -> None:
    names = [name for name in keys for _ in range(30)]

    def post(name: str) -> int:
        url = f"{web.base_url}/{name}/v1/add/bill"
        return requests.post(url, json=BILL, headers={"X-API-Key": keys[name]}, timeout=30).status_code

    with ThreadPoolExecutor(32) as clients:
        answers = list(clients.map(post, names))

    assert Counter(answers) == {200: len(names)}
    for name in keys:
        numbers = Bill.objects.filter(merchant__username=name).values_list("billing_no", flat=True)
        assert sorted(number[-4:] for number in numbers) == [f"{counter:04d}" for counter in range(1, 31)]


def test_a2_a_storm_of_retries_with_their_keys_makes_one_bill_each(web: WebServer, keys: dict[str, str]) -> None:
    calls = [(name, f"key-{number}") for number in range(4) for name in keys for _ in range(5)]

    def post(call: tuple[str, str]) -> tuple[tuple[str, str], int, str]:
        name, key = call
        headers = {"X-API-Key": keys[name], "Idempotency-Key": key}
        answer = requests.post(f"{web.base_url}/{name}/v1/add/bill", json=BILL, headers=headers, timeout=30)
        return call, answer.status_code, answer.text

    with ThreadPoolExecutor(32) as clients:
        answers = list(clients.map(post, calls))

    assert {status for _, status, _ in answers} <= {200, 409}
    answered = {(call, text) for call, status, text in answers if status == 200}
    assert len(answered) == len(set(calls)) == Bill.objects.count()
    assert [one for one in find_differences(now=Bill.objects.latest("pk").created_at) if one.invariant == "I8"] == []


def test_a3_the_same_post_without_a_key_is_two_bills(web: WebServer, keys: dict[str, str]) -> None:
    url = f"{web.base_url}/shop-0/v1/add/bill"

    answers = [requests.post(url, json=BILL, headers={"X-API-Key": keys["shop-0"]}, timeout=10) for _ in range(2)]

    assert len({answer.json()["data"]["billingNo"] for answer in answers}) == Bill.objects.count() == 2


def test_a5_clients_that_never_finish_do_not_keep_the_others_waiting(web: WebServer, keys: dict[str, str]) -> None:
    address = (urlsplit(web.base_url).hostname, urlsplit(web.base_url).port)
    slow = [socket.create_connection(address) for _ in range(6)]
    for one in slow:
        one.sendall(b"POST /shop-0/v1/add/bill HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: ")
    began = time.monotonic()

    answer = requests.post(
        f"{web.base_url}/shop-0/v1/add/bill", json=BILL, headers={"X-API-Key": keys["shop-0"]}, timeout=20
    )

    assert answer.status_code == 200
    assert time.monotonic() - began < 5
    for one in slow:
        one.close()
    assert Bill.objects.count() == 1
