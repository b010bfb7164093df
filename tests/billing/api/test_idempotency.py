from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from billing.models import Bill, Customer, IdempotencyKey, Merchant
from subscriptions.models import Subscription
from tests.contract.api_client import BILL, ApiClient, answer_of, created, refused
from tests.factories import make_merchant


def test_the_same_request_again_has_the_first_answer(api: ApiClient) -> None:
    first = api.add_bill(Idempotency_Key="a")
    second = api.add_bill(Idempotency_Key="a")

    created(first)
    assert second.content == first.content
    assert second.headers["Link"] == first.headers["Link"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Bill.objects.count() == 1


def test_bodies_are_compared_as_json(api: ApiClient) -> None:
    created(api.add_bill(b'{"a":1.0,' + _raw()[1:], Idempotency_Key="a"))

    again = api.add_bill(_raw()[:-1] + b', "a" : 1 }', Idempotency_Key="a")

    assert again.headers["Idempotent-Replayed"] == "true"


def test_another_body_is_422_and_creates_nothing(api: ApiClient) -> None:
    created(api.add_bill(Idempotency_Key="a"))

    response = api.add_bill(BILL | {"dueAmount": 151}, Idempotency_Key="a")

    assert (response.status_code, answer_of(response)["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Bill.objects.count() == 1


def test_an_invalid_other_body_is_422_too(api: ApiClient) -> None:
    created(api.add_bill(Idempotency_Key="a"))

    assert api.add_bill({}, Idempotency_Key="a").status_code == 422


def test_without_the_header_two_requests_make_two_bills(api: ApiClient) -> None:
    assert created(api.add_bill())["billNo"] != created(api.add_bill())["billNo"]
    assert not IdempotencyKey.objects.exists()


def test_an_error_leaves_the_key_free(api: ApiClient) -> None:
    refused(api.add_bill(BILL | {"dueAmount": 0}, Idempotency_Key="a"), 400, "INVALID_AMOUNT")

    response = api.add_bill(Idempotency_Key="a")

    created(response)
    assert "Idempotent-Replayed" not in response.headers


def test_replays_and_422_spend_nothing_and_are_answered_when_the_limit_is_used_up(merchant: Merchant) -> None:
    merchant.bills_per_hour = 2
    merchant.save()
    api = ApiClient(merchant)
    created(api.add_bill(Idempotency_Key="a"))

    replays = [api.add_bill(Idempotency_Key="a") for _ in range(3)]
    reused = api.add_bill({}, Idempotency_Key="a")
    last = api.add_bill(Idempotency_Key="b")
    beyond = api.add_bill(Idempotency_Key="c")
    late_replay = api.add_bill(Idempotency_Key="a")

    assert [response.status_code for response in replays] == [200] * 3
    assert "RateLimit" not in replays[0].headers
    assert reused.status_code == 422
    assert last.headers["RateLimit"].startswith('"bills";r=0;')
    assert (beyond.status_code, late_replay.status_code) == (429, 200)
    assert set(IdempotencyKey.objects.values_list("key", flat=True)) == {"a", "b"}


def test_a_key_is_the_merchants_whichever_api_key_it_comes_with(api: ApiClient, merchant: Merchant) -> None:
    created(api.add_bill(Idempotency_Key="a"))

    rotated = ApiClient(merchant).add_bill(Idempotency_Key="a")

    assert rotated.headers["Idempotent-Replayed"] == "true"


def test_a_key_is_the_endpoints_and_no_other_merchants(api: ApiClient) -> None:
    created(api.add_bill(Idempotency_Key="a"))

    created(api.add_subscription(Idempotency_Key="a"))
    created(ApiClient(make_merchant("stranger")).add_bill(Idempotency_Key="a"))
    assert (Bill.objects.count(), Subscription.objects.count()) == (2, 1)


def test_a_subscription_is_replayed_without_a_link(api: ApiClient) -> None:
    first = api.add_subscription(Idempotency_Key="a")
    second = api.add_subscription(Idempotency_Key="a")

    assert second.content == first.content
    assert "Link" not in second.headers
    assert Subscription.objects.count() == 1


def test_after_24_hours_a_key_is_new(api: ApiClient) -> None:
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC), tick=False) as clock:
        created(api.add_bill(Idempotency_Key="a"))
        clock.shift(timedelta(hours=24) - timedelta(seconds=1))
        assert api.add_bill(Idempotency_Key="a").headers["Idempotent-Replayed"] == "true"

        clock.shift(timedelta(seconds=1))
        renewed = api.add_bill(BILL | {"dueAmount": 7}, Idempotency_Key="a")

        created(renewed)
        assert "Idempotent-Replayed" not in renewed.headers
        again = api.add_bill(BILL | {"dueAmount": 7}, Idempotency_Key="a")
        assert again.content == renewed.content
    assert Bill.objects.count() == 2


@pytest.mark.parametrize("key", ["x", "x" * 255, '"quoted"', "!~", "a,b"])
def test_visible_ascii_is_a_key(api: ApiClient, key: str) -> None:
    created(api.add_bill(Idempotency_Key=key))

    assert IdempotencyKey.objects.get().key == key


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "é", "a\x7f", " "])
def test_anything_else_is_400(api: ApiClient, key: str) -> None:
    refused(api.add_bill(Idempotency_Key=key), 400, "VALIDATION_ERROR")


def test_a_key_that_is_no_key_comes_after_the_content_type_and_before_the_json(api: ApiClient) -> None:
    refused(api.add_bill(content_type="text/plain", Idempotency_Key=""), 415, "UNSUPPORTED_MEDIA_TYPE")
    assert "Idempotency-Key" in refused(api.add_bill(b"[", Idempotency_Key=""), 400, "VALIDATION_ERROR")["message"]


def test_a_failure_while_the_answer_is_stored_leaves_no_bill(api: ApiClient, monkeypatch: Any) -> None:
    def cannot_update(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no answer can be stored")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", cannot_update)

    response = api.add_bill(Idempotency_Key="a")

    monkeypatch.undo()
    assert response.status_code == 500
    assert not Bill.objects.exists()
    assert not Customer.objects.exists()
    assert not IdempotencyKey.objects.exists()


def _raw() -> bytes:
    import json

    return json.dumps(BILL).encode()
