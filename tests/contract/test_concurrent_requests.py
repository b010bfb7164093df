"""Many requests at once, committed for real: numbers, limits and twins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from billing.idempotency import Claim, answer_once
from billing.models import Bill, IdempotencyKey, NumberSequence
from tests.contract.api_client import BILL, ApiClient, answer_of
from tests.factories import make_merchant

THREADS = 8


@pytest.fixture
def at_once(live_database: Any) -> Callable[[Callable[[int], Any], int], list[Any]]:
    def run(send: Callable[[int], Any], count: int) -> list[Any]:
        def send_and_hang_up(number: int) -> Any:
            try:
                return send(number)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(send_and_hang_up, range(count)))

    return run


def test_numbers_have_no_gap_and_no_duplicate(at_once: Any) -> None:
    api = ApiClient(make_merchant(bills_per_hour=0))

    answers = at_once(lambda n: api.add_bill(BILL | {"dueAmount": n % 4}), 80)

    assert {answer.status_code for answer in answers} == {200, 400}
    numbers = sorted(answer_of(answer)["data"]["billingNo"] for answer in answers if answer.status_code == 200)
    assert [number[-4:] for number in numbers] == [f"{n:04d}" for n in range(1, 61)]
    assert NumberSequence.objects.get().last_value == Bill.objects.count() == 60


def test_the_limit_lets_exactly_that_many_through(at_once: Any) -> None:
    api = ApiClient(make_merchant())

    answers = at_once(lambda n: api.add_bill(), 140)

    assert [answer.status_code for answer in answers].count(200) == 100
    assert [answer.status_code for answer in answers].count(429) == 40
    assert Bill.objects.count() == 100


def test_twins_make_one_bill(at_once: Any) -> None:
    api = ApiClient(make_merchant())
    together = threading.Barrier(THREADS)

    def send(_: int) -> Any:
        together.wait()
        return api.add_bill(Idempotency_Key="twin")

    answers = at_once(send, THREADS)

    assert [answer.status_code for answer in answers] == [200] * THREADS
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert sum("RateLimit" in answer.headers for answer in answers) == 1
    assert Bill.objects.count() == IdempotencyKey.objects.count() == 1


def test_a_key_past_its_day_is_taken_over_by_one_of_its_twins(at_once: Any) -> None:
    api = ApiClient(make_merchant())
    assert api.add_bill(Idempotency_Key="old").status_code == 200
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))

    answers = at_once(lambda n: api.add_bill(BILL | {"dueAmount": 7}, Idempotency_Key="old"), 10)

    assert len({answer.content for answer in answers}) == 1
    assert Bill.objects.count() == 2


def test_a_twin_that_waits_too_long_is_told_to_come_back(at_once: Any, monkeypatch: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite the second transaction does not begin before the first has ended.")
    monkeypatch.setattr("billing.idempotency.WAIT_FOR_TWIN", "300ms")
    merchant = make_merchant(bills_per_hour=1)
    api = ApiClient(merchant)
    claim = Claim(merchant_id=merchant.pk, endpoint="bills", key="slow", body_digest="")
    answers: list[Any] = []

    class GivenUp(Exception):
        pass

    def meanwhile() -> Any:
        answers.extend(at_once(lambda n: api.add_bill(Idempotency_Key="slow"), 2))
        raise GivenUp

    with pytest.raises(GivenUp):
        answer_once(claim, work=meanwhile, now=timezone.now())

    for answer in answers:
        assert (answer.status_code, answer_of(answer)["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
        assert answer.headers["Retry-After"] == "1"
        assert "RateLimit" not in answer.headers
    assert not Bill.objects.exists()
    assert api.add_bill(Idempotency_Key="slow").status_code == 200


def test_waiting_for_a_number_is_not_cut_short_by_the_wait_for_a_twin(at_once: Any, monkeypatch: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no lock_timeout.")
    monkeypatch.setattr("billing.idempotency.WAIT_FOR_TWIN", "100ms")
    api = ApiClient(make_merchant())
    assert api.add_bill().status_code == 200
    answers: list[Any] = []

    with transaction.atomic():
        NumberSequence.objects.select_for_update().get()
        waiting = threading.Thread(
            target=lambda: answers.extend(at_once(lambda n: api.add_bill(Idempotency_Key="a"), 1))
        )
        waiting.start()
        waiting.join(0.6)
        assert not answers
    waiting.join()

    assert answers[0].status_code == 200
