"""Who sent it, to whom, and by which road makes no difference to the answer (reliability.md, K)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from billing.clock import database_now
from invoices.models import GatewayCallback, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services.callbacks.processing import process_callbacks
from tests.factories import make_merchant
from tests.invoices.callbacks.arrivals import (
    RETURN,
    WEBHOOK,
    assert_received,
    come_back,
    nothing_was_paid,
    process,
    return_data,
    return_of,
    send_webhook,
)
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_unknown_merchants_are_answered_like_known_ones(client: Client, shop: SandboxedMerchant) -> None:
    for username in ("nobody", "Razzbery", "%00", "%FF", "a", "x" * 500, "%5Cevil.test", "admin-"):
        answer = client.get(f"/{username}/gateway/return?data=00")
        assert answer.status_code == 303
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith(("//", "/\\"))
        assert "/gateway/checking/" in answer["Location"]
        assert_received(client.post(f"/{username}/gateway/webhook", b"{}", content_type="application/json"))

    assert not GatewayCallback.objects.exists()


def test_another_merchants_ciphertext_means_nothing_here(
    client: Client, shop: SandboxedMerchant, sent: Invoice, live_server: Any
) -> None:
    other = connect_to_sandbox(make_merchant("other-shop"), base_url=live_server.url)
    shop.customer_pays(sent)

    answer = client.get(f"/other-shop/gateway/return?data={return_data(shop, orderReferenceNumber=sent.reference)}")
    client.post(
        "/other-shop/gateway/webhook",
        json.dumps({"reference_number": sent.reference}),
        content_type="application/json",
    )

    process()
    assert nothing_was_paid()
    assert not GatewayCallback.objects.filter(merchant=other.merchant).exclude(state="IGNORED").exists()
    assert "We are checking with the bank" in client.get(answer["Location"]).content.decode()


def test_forged_hosts_change_no_link(client: Client, shop: SandboxedMerchant) -> None:
    answer = client.get(f"{RETURN}?data=00", headers={"X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test"})

    assert "evil" not in answer["Location"]
    assert client.get(f"{RETURN}?data=00", headers={"Host": "evil.test"}).status_code == 400


def test_the_language_is_kept_and_nothing_else(client: Client, shop: SandboxedMerchant) -> None:
    assert come_back(client, "00", lang="ar")["Location"].endswith("?lang=ar")
    assert "?" not in come_back(client, "00", lang="//evil.test", next="//evil.test")["Location"]


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_a_webhook_is_posted(client: Client, shop: SandboxedMerchant, method: str) -> None:
    answer = getattr(client, method)(WEBHOOK)

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert not GatewayCallback.objects.exists()


def test_no_form_token_is_needed() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/nobody/gateway/webhook", b"{}", content_type="application/json").status_code == 200
    assert strict.post("/nobody/gateway/return").status_code == 303


def test_made_up_tokens_that_the_gateway_answers_unreadably_are_not_the_accounts_failures(
    client: Client, shop: SandboxedMerchant, sent: Invoice
) -> None:
    shop.fault(FaultKind.GARBAGE, applies_to="ENQUIRE")
    for number in range(6):
        send_webhook(client, {"token": f"made-up-{number}"})

    process()

    shop.account.refresh_from_db()
    assert shop.account.consecutive_failures == 0
    assert set(GatewayCallback.objects.values_list("state", "attempts")) == {("WAITING", 1)}


def test_a_customer_who_came_back_does_not_wait_behind_webhooks_that_anybody_can_send(
    client: Client, shop: SandboxedMerchant, sent: Invoice
) -> None:
    for number in range(3):
        send_webhook(client, {"token": f"made-up-{number}"})
    shop.customer_pays(sent)
    come_back(client, return_of(shop, sent))

    process_callbacks(policy=GatewayPolicy.from_settings(), now=database_now(), limit=1)

    sent.refresh_from_db()
    assert sent.status == Invoice.Status.PAID
