"""Who sent it, to whom, and by which road makes no difference to the answer (reliability.md, K)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from invoices.models import GatewayCallback, Invoice
from tests.factories import make_merchant
from tests.invoices.callbacks.arrivals import (
    RETURN,
    WEBHOOK,
    assert_received,
    come_back,
    nothing_was_paid,
    process,
    return_data,
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
