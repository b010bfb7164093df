"""Callbacks race, repeat and come in any order: the book is the same (reliability.md, C and K25)."""

from __future__ import annotations

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from billing.clock import database_now
from billing.models import Bill
from invoices.models import GatewayCallback, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import SandboxCall
from invoices.services.callbacks.processing import process_callbacks
from tests.invoices.callbacks.arrivals import (
    PAID_ONCE,
    RETURN,
    booked,
    come_back,
    decline,
    nothing_was_paid,
    pay,
    process,
    return_of,
    send_webhook,
    webhook_of,
)
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


def test_c1_the_same_callback_ten_times_at_once(shop: SandboxedMerchant, sent: Invoice) -> None:
    pay(shop, sent)
    data = return_of(shop, sent)

    def arrive(_: int) -> tuple[int, str]:
        try:
            answer = Client().get(RETURN, {"data": data})
            process()
            return answer.status_code, answer["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(arrive, range(10)))
    process()

    assert len(set(answers)) == 1
    assert answers[0][0] == 303
    assert booked() == PAID_ONCE
    assert GatewayCallback.objects.count() == 1


@pytest.mark.parametrize("order", list(itertools.permutations(["failed", "paid", "failed again"])))
def test_c2_in_any_order_paid_stays_paid(
    client: Client, shop: SandboxedMerchant, sent: Invoice, order: tuple[str, ...]
) -> None:
    reports = {
        "failed": webhook_of(decline(shop, sent)),
        "failed again": webhook_of(decline(shop, sent)),
        "paid": webhook_of(pay(shop, sent)[0]),
    }

    for name in order:
        send_webhook(client, json.dumps(reports[name]))
        process()

    sent.refresh_from_db()
    assert booked() == PAID_ONCE
    assert (sent.status, Bill.objects.get().status) == ("PAID", "PAID")


def test_c8_a_replay_changes_nothing(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    (transaction,) = pay(shop, sent)
    data, report = return_of(shop, sent), json.dumps(webhook_of(transaction))
    come_back(client, data)
    process()
    before = list(Payment.objects.values()), list(Bill.objects.values())
    Payment.objects.update(received_at=timezone.now())

    GatewayCallback.objects.all().delete()  # so long ago that it was forgotten
    come_back(client, data)
    send_webhook(client, report)
    process()

    assert [row | {"received_at": None} for row in Payment.objects.values()] == [
        row | {"received_at": None} for row in before[0]
    ]
    assert list(Bill.objects.values()) == before[1]


def test_k25_a_thousand_replays_ask_the_gateway_once_a_minute(
    client: Client, shop: SandboxedMerchant, sent: Invoice, settings: Any
) -> None:
    settings.CALLBACKS_PER_ADDRESS = "0/m"
    calls = SandboxCall.objects.count()

    for number in range(40):
        report = {"reference_number": sent.reference, "note": number}
        send_webhook(client, json.dumps(report))
        process_callbacks(policy=GatewayPolicy.from_settings(), now=database_now())

    assert SandboxCall.objects.count() - calls <= 2
    assert nothing_was_paid()
