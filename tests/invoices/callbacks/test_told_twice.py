"""The gateway tells of each payment twice, by the customer's way back and by itself: nobody waits for the second."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from billing.clock import database_now
from invoices.models import GatewayCallback, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import SandboxCall
from invoices.services.callbacks.processing import process_callbacks
from tests.invoices.callbacks.arrivals import (
    PAID_ONCE,
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


def sweep() -> int:
    """As a worker does it now: what is put off stays put off."""
    return process_callbacks(policy=GatewayPolicy.from_settings(), now=database_now())


def questions() -> int:
    return SandboxCall.objects.filter(operation="ENQUIRE").count()


def test_a_declined_customer_is_told_at_once(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    failed = decline(shop, sent)
    send_webhook(client, json.dumps(webhook_of(failed)))
    checking = come_back(client, return_of(shop, sent, result="NOT CAPTURED"))["Location"]

    sweep()

    assert "The bank reports no payment." in client.get(checking + "?lang=en").content.decode()
    assert not GatewayCallback.objects.filter(state="WAITING").exists()
    assert nothing_was_paid()


def test_also_when_the_way_back_comes_after_the_gateway_was_asked(
    client: Client, shop: SandboxedMerchant, sent: Invoice
) -> None:
    send_webhook(client, json.dumps(webhook_of(decline(shop, sent))))
    sweep()
    asked = questions()

    checking = come_back(client, return_of(shop, sent, result="NOT CAPTURED"))["Location"]
    sweep()

    assert "The bank reports no payment." in client.get(checking + "?lang=en").content.decode()
    assert questions() == asked


def test_another_payment_is_asked_about_in_its_turn(client: Client, shop: SandboxedMerchant, sent: Invoice) -> None:
    send_webhook(client, json.dumps(webhook_of(decline(shop, sent))))
    sweep()
    pay(shop, sent)

    checking = come_back(client, return_of(shop, sent))["Location"]
    sweep()

    assert "We are checking with the bank" in client.get(checking + "?lang=en").content.decode()
    process()
    assert booked() == PAID_ONCE


def test_what_is_only_not_known_to_be_paid_is_asked_about_again(
    client: Client, shop: SandboxedMerchant, sent: Invoice
) -> None:
    unknown_there = json.dumps({"token": "f" * 32, "reference_number": sent.reference})
    send_webhook(client, unknown_there)
    sweep()

    send_webhook(client, unknown_there + " ")
    sweep()

    assert GatewayCallback.objects.filter(state="WAITING").count() == 1
