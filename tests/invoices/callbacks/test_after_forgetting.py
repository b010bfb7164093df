"""Callbacks that come again, or only come, when their customer is forgotten: asked about as ever, and not kept."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from billing.clock import database_now
from billing.models import Bill
from billing.services import cancel_bill
from invoices.models import GatewayCallback, Invoice
from invoices.sandbox.models import SandboxCall
from invoices.services.forgetting.forget import forget_customer
from tests.invoices.acts import cancel, cancel_at_gateway
from tests.invoices.callbacks.arrivals import booked, decline, process, send_webhook, webhook_of
from tests.invoices.sandbox_account import SandboxedMerchant
from tests.staff import make_staff

pytestmark = pytest.mark.django_db(transaction=True)


def enquiries() -> int:
    return SandboxCall.objects.filter(operation="ENQUIRE").count()


def test_the_gateway_is_asked_and_the_content_stays_away(
    client: Client, shop: SandboxedMerchant, sent: Invoice
) -> None:
    known, new = ({**webhook_of(decline(shop, sent)), "name": "Zaynab"} for _ in range(2))
    send_webhook(client, json.dumps(known))
    process()
    of_merchant = {"merchant_id": shop.merchant.pk, "now": database_now()}
    cancel_bill(**of_merchant, bill_id=Bill.objects.get().pk, reason="", actor="system")
    cancel(sent)
    cancel_at_gateway(shop)
    forget_customer(**of_merchant, customer_id=sent.customer_id, reason="by letter", user=make_staff(shop.merchant))
    asked = enquiries()

    for again in (known, new):
        GatewayCallback.objects.update(next_attempt_at=sent.created_at)  # more than a minute ago
        send_webhook(client, json.dumps(again))
        process()

    kept = GatewayCallback.objects.values_list("invoice", "state", "payload")
    assert [(invoice, state, bytes(payload)) for invoice, state, payload in kept] == [(sent.pk, "RESOLVED", b"")] * 2
    assert enquiries() >= asked + 2
    assert booked() == []
