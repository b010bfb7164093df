"""How much is kept, from whom, and what is written in the log."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from billing.models import Merchant
from invoices.models import GatewayCallback
from tests.factories import make_merchant
from tests.invoices.callbacks.arrivals import come_back, send_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant("razzbery")


def test_callbacks_are_kept_as_they_came(client: Client, merchant: Merchant) -> None:
    send_webhook(client, b'{"token": "t"}', "text/plain")
    come_back(client, "ABCD")

    kept = [(bytes(each.payload), each.kind, each.content_type) for each in GatewayCallback.objects.order_by("pk")]
    assert kept == [(b'{"token": "t"}', "WEBHOOK", "text/plain"), (b"ABCD", "RETURN", "")]


def test_one_that_repeats_is_kept_once_and_watched_on_one_page(client: Client, merchant: Merchant) -> None:
    places = {come_back(client, "ABCD")["Location"] for _ in range(5)}

    assert len(places) == 1
    assert GatewayCallback.objects.get().times_received == 5


def test_too_many_from_one_address_are_dropped_unnoticed(client: Client, merchant: Merchant, settings: Any) -> None:
    settings.CALLBACKS_PER_ADDRESS = "3/h"

    answers = [come_back(client, f"{number:02d}").status_code for number in range(6)]
    answers += [send_webhook(client, b"{}").status_code]
    assert answers == [303] * 6 + [200]
    assert GatewayCallback.objects.count() == 3

    client.get("/razzbery/gateway/return?data=99", REMOTE_ADDR="203.0.113.9")
    assert GatewayCallback.objects.count() == 4


def test_a_full_inbox_is_answered_alike(client: Client, merchant: Merchant, settings: Any) -> None:
    settings.CALLBACK_INBOX_LIMIT = 2

    assert [come_back(client, f"{number:02d}").status_code for number in range(4)] == [303] * 4
    assert GatewayCallback.objects.count() == 2


def test_an_inactive_merchants_payments_still_arrive(client: Client, merchant: Merchant) -> None:
    Merchant.objects.update(is_active=False)

    come_back(client, "ABCD")

    assert GatewayCallback.objects.count() == 1


def test_without_redis_callbacks_are_kept(client: Client, merchant: Merchant, valkey: Any) -> None:
    valkey.stop()

    assert come_back(client, "ABCD").status_code == 303
    assert send_webhook(client, b"{}").status_code == 200
    assert GatewayCallback.objects.count() == 2


def test_without_the_database_the_customer_goes_on_and_the_gateway_repeats(merchant: Merchant) -> None:
    client = Client(raise_request_exception=False)

    def refuse(*args: Any) -> None:
        raise OperationalError("server closed the connection")

    with connection.execute_wrapper(refuse):
        back, hook = come_back(client, "ABCD"), send_webhook(client, b"{}")
        checking = client.get(back["Location"])

    assert back.status_code == 303
    assert hook.status_code == 500
    assert checking.status_code == 503
    assert b"server closed" not in hook.content + checking.content


def test_one_short_line_is_logged_without_the_payload(
    client: Client, merchant: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        come_back(client, "c0ffee" * 50)
        send_webhook(client, b'{"token": "c0ffee"}')
        client.get("/c0ffee-c0ffee/gateway/return?data=c0ffee")
        come_back(client, "c0ffee" * 100_000)

    lines = [record.getMessage() for record in caplog.records if record.name.startswith("invoices")]
    assert lines == [
        f"callback RETURN: 300 bytes, for merchant {merchant.pk}",
        f"callback WEBHOOK: 19 bytes, for merchant {merchant.pk}",
        "callback RETURN: 6 bytes, dropped: no such merchant",
        "callback RETURN: 600000 bytes, dropped: empty or too long",
    ]
    assert "c0ffee" not in caplog.text
