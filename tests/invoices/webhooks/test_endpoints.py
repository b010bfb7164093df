"""Which addresses a merchant may have called, how many, and that nobody else touches them."""

from __future__ import annotations

import pytest

from billing.clock import database_now
from billing.models import Merchant, WebhookEndpoint
from billing.webhooks.endpoints import (
    TooManyWebhooks,
    WebhookAddressRefused,
    WebhookAddressTaken,
    add_endpoint,
    remove_endpoint,
)
from tests.factories import make_merchant
from tests.invoices.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hooks",
        "https://localhost/hooks",
        "https://127.0.0.1/hooks",
        "https://10.0.0.1/hooks",
        "https://[::1]/hooks",
        "https://169.254.169.254/latest",
        "https://intranet.local/",
        "https://user:secret@shop.example/",
        "https://shop.example/#part",
        "https://shop.example/a b",
        "https://",
        "https://shop.example:port/",
        "ftp://shop.example/",
        "nonsense",
        "https://shop.example/" + "x" * 500,
    ],
)
def test_addresses_that_will_not_do_are_refused(url: str, merchant: Merchant) -> None:
    with pytest.raises(WebhookAddressRefused):
        add_endpoint(merchant=merchant, url=url, allow_private=False, actor="user:1", now=database_now())

    assert not WebhookEndpoint.objects.exists()


def test_a_merchant_has_five_at_most_and_each_address_once(merchant: Merchant) -> None:
    def add(path: int) -> None:
        url = f"https://shop.example/{path}"
        add_endpoint(merchant=merchant, url=url, allow_private=False, actor="user:1", now=database_now())

    for path in range(5):
        add(path)
    with pytest.raises(WebhookAddressTaken):
        add(1)
    with pytest.raises(TooManyWebhooks):
        add(5)

    assert WebhookEndpoint.objects.count() == 5


def test_another_merchants_webhook_cannot_be_touched(receiver: Receiver) -> None:
    stranger = make_merchant("stranger")

    with pytest.raises(WebhookEndpoint.DoesNotExist):
        remove_endpoint(merchant_id=stranger.pk, endpoint_id=receiver.endpoint.pk, actor="user:9", now=database_now())

    assert WebhookEndpoint.objects.get().removed_at is None
