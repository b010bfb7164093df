from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from billing.models import Bill, Merchant
from tests.contract.api_client import ApiClient, answer_of, created
from tests.factories import make_merchant


@pytest.fixture
def limited(merchant: Merchant) -> ApiClient:
    merchant.bills_per_hour = 2
    merchant.subscriptions_per_hour = 1
    merchant.save()
    return ApiClient(merchant)


def test_the_defaults_are_100_bills_and_50_subscriptions_an_hour(api: ApiClient) -> None:
    assert api.add_bill().headers["RateLimit-Policy"] == '"bills";q=100;w=3600'
    assert api.add_subscription().headers["RateLimit-Policy"] == '"subscriptions";q=50;w=3600'


def test_the_request_after_the_last_is_429(limited: ApiClient) -> None:
    created(limited.add_bill())
    created(limited.add_bill())
    response = limited.add_bill()

    assert response.status_code == 429
    assert answer_of(response)["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert Bill.objects.count() == 2


def test_every_counted_answer_says_what_remains(limited: ApiClient) -> None:
    answers = [limited.add_bill(), limited.add_bill(b"["), limited.add_bill(), limited.add_bill()]

    assert [answer.status_code for answer in answers] == [200, 400, 429, 429]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"bills";q=2;w=3600'}
    remaining = [re.fullmatch(r'"bills";r=(\d+);t=[1-9]\d*', answer.headers["RateLimit"]) for answer in answers]
    assert [match and match[1] for match in remaining] == ["1", "0", "0", "0"]


@pytest.mark.parametrize(
    "refusal",
    [
        lambda api: api.add_bill(content_type="text/plain"),
        lambda api: api.add_bill(b" " * 1_100_000),
        lambda api: api.add_bill(Content_Encoding="gzip"),
        lambda api: api.add_bill({}),
        lambda api: api.add_bill(Idempotency_Key="no good"),
    ],
)
def test_a_refusal_of_the_body_is_counted_and_comes_after_the_limit(
    limited: ApiClient, refusal: Callable[[ApiClient], Any]
) -> None:
    answers = [refusal(limited) for _ in range(3)]

    assert answers[0].status_code in (400, 413, 415)
    assert answers[0].headers["RateLimit"].startswith('"bills";r=1;')
    assert answers[2].status_code == 429


def test_what_comes_before_the_limit_is_not_counted(limited: ApiClient) -> None:
    for _ in range(5):
        assert "RateLimit" not in limited.add_bill(x_api_key="wrong").headers
        assert "RateLimit" not in limited.send("/razzbery/v1/add/bill", method="GET").headers

    assert limited.add_bill().headers["RateLimit"].startswith('"bills";r=1;')


def test_merchants_and_endpoints_are_counted_apart(limited: ApiClient) -> None:
    for _ in range(3):
        limited.add_bill()

    created(limited.add_subscription())
    created(ApiClient(make_merchant("stranger", bills_per_hour=1)).add_bill())


def test_two_keys_of_a_merchant_share_a_count_whatever_address_they_come_from(limited: ApiClient) -> None:
    other = ApiClient(Merchant.objects.get())
    answers = [limited.add_bill(X_Forwarded_For="1.1.1.1"), other.add_bill(X_Forwarded_For="2.2.2.2")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert limited.add_bill(X_Forwarded_For="3.3.3.3").status_code == 429


def test_a_limit_of_0_means_none(db: None) -> None:
    api = ApiClient(make_merchant("unlimited", bills_per_hour=0))

    response = api.add_bill()

    created(response)
    assert "RateLimit" not in response.headers
    assert "RateLimit-Policy" not in response.headers


def test_a_new_hour_begins_at_zero(limited: ApiClient) -> None:
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC), tick=False) as clock:
        limited.add_bill()
        limited.add_bill()
        refusal = limited.add_bill()
        clock.shift(timedelta(seconds=int(refusal.headers["Retry-After"]) + 1))

        created(limited.add_bill())


@pytest.mark.parametrize("fault", ["stop", "hang"])
def test_without_the_cache_requests_are_served_and_it_is_logged(
    limited: ApiClient, valkey: Any, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    getattr(valkey, fault)()

    with caplog.at_level(logging.ERROR):
        answers = [limited.add_bill() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "RateLimit" not in answers[0].headers
    assert "without its rate limit" in caplog.text


def test_a_limiter_switched_off_serves_and_it_is_logged(
    limited: ApiClient, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.RATELIMIT_ENABLE = False

    created(limited.add_bill())

    assert "without its rate limit" in caplog.text
