"""The faults that are about the connection, over real HTTP."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from invoices.sandbox.faults import switch_on
from invoices.sandbox.models import FaultKind, SandboxInvoice
from tests.invoices.sandbox.merchant import Merchant, order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def create(live_server: Any) -> Any:
    """Posts the document's example and gives the raw response."""
    merchant = Merchant()

    def post(**options: Any) -> requests.Response:
        return requests.post(
            f"{live_server.url}/sandbox/api/v1/invoice/",
            json={"data": merchant.seal(order())},
            headers=merchant.headers,
            **{"timeout": 10, "allow_redirects": False} | options,
        )

    return post


def test_a_good_call_answers_with_an_absolute_address(create: Any, live_server: Any) -> None:
    answer = create()

    invoice = Merchant().open(answer.text)["response"]
    assert invoice["url"] == f"{live_server.url}/sandbox/pay/{invoice['token']}"


def test_a_dropped_connection_ends_without_an_answer(create: Any) -> None:
    switch_on(kind=FaultKind.DROPPED, count=1)

    with pytest.raises(requests.ConnectionError, match="Remote end closed connection without response"):
        create()
    assert SandboxInvoice.objects.count() == 1


def test_silence_lasts_its_seconds_and_ends_without_an_answer(create: Any) -> None:
    switch_on(kind=FaultKind.ACCEPTED_SILENT, count=1, seconds=1)
    began = time.monotonic()

    with pytest.raises(requests.ConnectionError, match="Remote end closed connection without response"):
        create()
    assert 1 <= time.monotonic() - began < 4


def test_what_was_accepted_is_in_the_book_while_the_gateway_is_silent(create: Any, live_server: Any) -> None:
    switch_on(kind=FaultKind.ACCEPTED_SILENT, count=1, seconds=20)

    with pytest.raises(requests.ReadTimeout):
        create(timeout=0.7)

    # The held call keeps no transaction open: others write meanwhile, and the fault ends with its client.
    book = requests.get(f"{live_server.url}/sandbox/control/", timeout=5).json()
    assert book["totals"] == {"invoices": 1, "not_cancelled": 1, "create_calls": 1}
    assert create().status_code == 200


def test_a_late_answer_is_right(create: Any) -> None:
    switch_on(kind=FaultKind.SLOW, count=1, seconds=1)
    began = time.monotonic()

    answer = create()

    assert time.monotonic() - began >= 1
    assert Merchant().open(answer.text)["response"]["reference_number"] == "1234"


def test_half_an_answer_breaks_off(create: Any) -> None:
    switch_on(kind=FaultKind.TRUNCATED, count=1)

    with create(stream=True) as answer:
        received, promised = _read_until_broken(answer), int(answer.headers["Content-Length"])

    assert (answer.status_code, received) == (200, promised // 2)


def test_a_dripping_answer_gives_a_byte_a_second(create: Any) -> None:
    switch_on(kind=FaultKind.SLOW_DRIP, count=1, seconds=2)
    began = time.monotonic()

    with create(stream=True) as answer:
        received = _read_until_broken(answer)

    assert received == 2
    assert 1 <= time.monotonic() - began < 6


def test_an_oversized_answer_has_50_megabytes(create: Any) -> None:
    switch_on(kind=FaultKind.OVERSIZED, count=1)

    with create(stream=True) as answer:
        size = sum(len(chunk) for chunk in answer.iter_content(1 << 20))

    assert size == 50 * 1024 * 1024


def test_a_counted_fault_is_never_taken_too_often_by_calls_at_once(create: Any) -> None:
    switch_on(kind=FaultKind.REFUSED_500, count=5)

    with ThreadPoolExecutor(max_workers=12) as pool:
        statuses = [future.result().status_code for future in [pool.submit(create) for _ in range(12)]]

    assert sorted(statuses) == [200] * 7 + [500] * 5
    assert SandboxInvoice.objects.count() == 7


def _read_until_broken(answer: requests.Response) -> int:
    received = bytearray()
    with pytest.raises(requests.RequestException):
        _read_into(received, answer)
    return len(received)


def _read_into(received: bytearray, answer: requests.Response) -> None:
    for chunk in answer.iter_content(1):
        received += chunk
