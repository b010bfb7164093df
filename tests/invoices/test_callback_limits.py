"""Callbacks wait for a gateway that cannot answer yet, and never make us call more often than we otherwise would."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing.clock import database_now
from invoices.models import GatewayAccount, GatewayCallback, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind, SandboxCall, SandboxTransaction
from invoices.services.accounts import unpark_account
from invoices.services.callbacks.keeping import keep_callback
from invoices.services.callbacks.processing import process_callbacks
from tests.invoices.acts import cancel, cancel_at_gateway
from tests.invoices.callbacks.arrivals import booked, pay, process, send_webhook, webhook_of
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

HUNDRED = Decimal("100.000")
PAID = [(HUNDRED, HUNDRED, "")]
State = GatewayCallback.State


def states() -> set[str]:
    return set(GatewayCallback.objects.values_list("state", flat=True))


def receive(shop: SandboxedMerchant, body: dict[str, Any], *, minutes_later: int) -> int:
    """The same webhook again, and the worker's next turn; how many calls that cost at the gateway."""
    now = database_now() + timedelta(minutes=minutes_later)
    before = SandboxCall.objects.count()
    keep_callback(
        merchant=shop.merchant,
        kind=GatewayCallback.Kind.WEBHOOK,
        payload=json.dumps(body).encode(),
        content_type="application/json",
        inbox_limit=10,
        now=now,
    )
    process_callbacks(policy=GatewayPolicy.from_settings(), now=now)
    return SandboxCall.objects.count() - before


def test_a_payment_pending_on_a_cancelled_invoice_is_waited_for(
    client: Client, shop: SandboxedMerchant, sent: Invoice
) -> None:
    (pending,) = pay(shop, sent, stays_pending=True)
    cancel(sent)
    cancel_at_gateway(shop)
    send_webhook(client, json.dumps(webhook_of(pending)))

    process()
    assert states() == {State.WAITING}
    SandboxTransaction.objects.update(status="SUCCESSFUL", paid_at=database_now())
    process()

    assert states() == {State.RESOLVED}
    assert booked() == [(HUNDRED, HUNDRED, Payment.Review.PAID_AFTER_CANCEL)]


def test_the_same_callback_again_asks_again_if_no_payment_came_of_it(shop: SandboxedMerchant, sent: Invoice) -> None:
    too_early = {"reference_number": sent.reference, "status": "SUCCESSFUL"}
    receive(shop, too_early, minutes_later=0)
    assert (states(), booked()) == ({State.RESOLVED}, [])
    shop.customer_pays(sent)

    assert receive(shop, too_early, minutes_later=2) > 0

    assert (states(), booked()) == ({State.RESOLVED}, PAID)
    assert GatewayCallback.objects.get().times_received == 2


def test_repeats_ask_the_gateway_once_a_minute(shop: SandboxedMerchant, sent: Invoice) -> None:
    body = {"reference_number": sent.reference}

    calls = [receive(shop, body, minutes_later=minute) for minute in (0, 0, 0, 2, 2, 2)]

    assert calls == [1, 0, 0, 1, 0, 0]


def test_a_repeat_of_what_was_paid_asks_nothing(shop: SandboxedMerchant, sent: Invoice) -> None:
    shop.customer_pays(sent)
    body = webhook_of(SandboxTransaction.objects.get())
    receive(shop, body, minutes_later=0)
    assert booked() == PAID

    assert receive(shop, body, minutes_later=5) == 0

    assert (states(), booked()) == ({State.RESOLVED}, PAID)


@pytest.mark.parametrize("hiccup", [FaultKind.HTML_500, FaultKind.GARBAGE, FaultKind.TOO_MANY, FaultKind.UNAUTHORIZED])
@pytest.mark.parametrize("named", ["reference_number", "token"])
def test_a_callback_outlives_a_hiccup_of_the_gateway(
    client: Client, shop: SandboxedMerchant, sent: Invoice, named: str, hiccup: FaultKind
) -> None:
    (paid,) = pay(shop, sent)
    send_webhook(client, json.dumps({named: webhook_of(paid)[named]}))
    shop.fault(hiccup, applies_to="ENQUIRE", seconds=0)

    process()
    assert states() == {State.WAITING}
    shop.no_faults()
    unpark_account(merchant_id=shop.merchant.pk, account_id=shop.account.pk, actor="user:1")
    process()

    assert (states(), booked()) == ({State.RESOLVED}, PAID)


@pytest.mark.parametrize("named", ["reference_number", "token"])
def test_waiting_for_a_parked_account_uses_up_no_attempt(
    client: Client, shop: SandboxedMerchant, sent: Invoice, named: str
) -> None:
    (paid,) = pay(shop, sent)
    send_webhook(client, json.dumps({named: webhook_of(paid)[named]}))
    GatewayAccount.objects.update(parked_at=database_now())
    GatewayCallback.objects.update(attempts=59)

    for _ in range(3):
        process()
    assert states() == {State.WAITING}
    unpark_account(merchant_id=shop.merchant.pk, account_id=shop.account.pk, actor="user:1")
    process()

    assert (states(), booked()) == ({State.RESOLVED}, PAID)


@pytest.mark.parametrize("named", ["reference_number", "token"])
@pytest.mark.parametrize("stop", ["breaker_open_until", "paused_until"])
def test_callbacks_do_not_call_a_gateway_that_is_left_alone(
    client: Client, shop: SandboxedMerchant, sent: Invoice, stop: str, named: str
) -> None:
    (paid,) = pay(shop, sent)
    for number in range(3):
        send_webhook(client, json.dumps({named: webhook_of(paid)[named], "number": number}))
    GatewayAccount.objects.update(**{stop: database_now() + timedelta(hours=1)})
    before = SandboxCall.objects.count()

    for _ in range(3):
        process()
    assert SandboxCall.objects.count() == before
    assert states() == {State.WAITING}

    GatewayAccount.objects.update(**{stop: None})
    process()
    assert booked() == PAID


@pytest.mark.parametrize("named", ["reference_number", "token"])
def test_a_callback_may_be_the_call_that_closes_the_breaker(
    client: Client, shop: SandboxedMerchant, sent: Invoice, named: str
) -> None:
    (paid,) = pay(shop, sent)
    send_webhook(client, json.dumps({named: webhook_of(paid)[named]}))
    GatewayAccount.objects.update(breaker_open_until=database_now(), consecutive_failures=5)

    process()

    assert booked() == PAID
    assert GatewayAccount.objects.get().breaker_open_until is None
