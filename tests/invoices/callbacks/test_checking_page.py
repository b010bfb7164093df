"""Where a customer waits: it says what our own ledger says, and nothing to strangers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Merchant
from invoices.models import GatewayCallback, Invoice
from invoices.pages.refreshing import PAUSES
from tests.invoices.pages.documents import make_shop, owed_bill, page_of, paid

pytestmark = pytest.mark.django_db

WATCHED = "/razzbery/gateway/checking/" + "a" * 32
UNKNOWN = "/razzbery/gateway/checking/" + "b" * 32


@pytest.fixture
def shop(db: None) -> Merchant:
    return make_shop()


@pytest.fixture
def invoice(shop: Merchant) -> Invoice:
    return owed_bill(shop).invoices.get()


def come_back(invoice: Invoice | None, merchant: Merchant, **fields: Any) -> GatewayCallback:
    stated = {"watch_id": "a" * 32, "kind": "RETURN", "payload": b"00", "payload_digest": "0" * 64, "state": "RESOLVED"}
    return GatewayCallback.objects.create(
        merchant=merchant, invoice=invoice, received_at=timezone.now(), **stated | fields
    )


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_waiting_looks_again_by_itself(client: Client, shop: Merchant) -> None:
    text = text_of(client, UNKNOWN)

    assert "We are checking with the bank" in text
    assert "Please do not pay a second time." in text
    assert '<noscript><meta http-equiv="refresh" content="2;url=?n=1"></noscript>' in text
    assert 'data-after="2" data-next="?n=1"' in text
    later = text_of(client, UNKNOWN + "?n=7&lang=ar")
    assert '<meta http-equiv="refresh" content="12;url=?n=8&amp;lang=ar">' in later
    assert 'data-after="12" data-next="?n=8&amp;lang=ar"' in later


def test_it_looks_ever_less_often_and_for_two_minutes() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    assert sum(PAUSES) == 120


def test_after_two_minutes_it_says_that_a_message_will_come_and_stops(client: Client, shop: Merchant) -> None:
    assert 'content="20;url=?n=12"' in text_of(client, UNKNOWN + "?n=11")

    for looks in ("12", "13", "999"):
        text = text_of(client, f"{UNKNOWN}?n={looks}")
        assert "A message will come as soon as the bank confirms your payment." in text
        assert "http-equiv" not in text
        assert "data-next" not in text


@pytest.mark.parametrize("looks", ["", "-1", "x", "1e9", "٣", "1" * 5000, "0.5"])
def test_a_made_up_counter_begins_anew(client: Client, shop: Merchant, looks: str) -> None:
    assert 'content="2;url=?n=1"' in text_of(client, f"{UNKNOWN}?n={looks}")


def test_paid_shows_the_amount_and_the_way_back(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    paid(bill)
    come_back(bill.invoices.get(), shop)

    text = text_of(client, WATCHED)

    assert "Thank you. Your payment has arrived." in text
    assert '<bdi class="figure">150.500</bdi> <bdi class="currency">JOD</bdi>' in text
    assert f'href="{page_of(bill)}?lang=en"' in text
    assert "http-equiv" not in text


@pytest.mark.parametrize("state", ["WAITING", "RESOLVED", "IGNORED"])
@pytest.mark.parametrize("status", ["OPEN", "EXPIRED", "CANCELLED"])
def test_never_paid_unless_the_ledger_says_so(
    client: Client, shop: Merchant, invoice: Invoice, state: str, status: str
) -> None:
    Invoice.objects.update(status=status)
    come_back(invoice, shop, state=state)

    text = text_of(client, WATCHED)

    assert "Your payment has arrived" not in text
    assert "150.500" not in text
    assert ("The bank reports no payment. You can try again." in text) == (state == "RESOLVED" and status == "OPEN")


def test_nobody_is_invited_to_pay_again_while_another_attempt_is_open(
    client: Client, shop: Merchant, invoice: Invoice
) -> None:
    come_back(invoice, shop)
    come_back(invoice, shop, watch_id="c" * 32, payload_digest="1" * 64, state="WAITING")

    for text in (text_of(client, WATCHED), text_of(client, page_of(invoice.payable))):
        assert "try again" not in text
        assert "Please do not pay a second time." in text
        assert 'value="pay"' not in text


def test_not_paid_leads_back_to_the_page(client: Client, shop: Merchant, invoice: Invoice) -> None:
    come_back(invoice, shop)

    assert f'<a class="button" href="{page_of(invoice.payable)}?lang=en">' in text_of(client, WATCHED)


def test_part_of_the_amount_sends_to_the_page_without_a_verdict(
    client: Client, shop: Merchant, invoice: Invoice
) -> None:
    Invoice.objects.update(cancel_requested_at=timezone.now())
    come_back(invoice, shop)

    text = text_of(client, WATCHED)

    assert "The payment page shows how things stand now." in text
    assert "try again" not in text


def test_what_is_unknown_looks_exactly_like_waiting(client: Client, shop: Merchant, invoice: Invoice) -> None:
    come_back(invoice, shop, state="WAITING")
    other = make_shop("other-shop")
    come_back(paid(owed_bill(other)).invoices.get(), other, watch_id="c" * 32)
    come_back(None, shop, watch_id="d" * 32, payload_digest="1" * 64, state="IGNORED")
    come_back(paid(owed_bill(shop)).invoices.get(), shop, watch_id="e" * 32, kind="WEBHOOK")

    for query in ("", "?n=5", "?n=12", "?lang=ar"):
        pages = {
            client.get(f"/{username}/gateway/checking/{watch_id}{query}").content
            for username, watch_id in [
                ("razzbery", "a" * 32),  # waiting
                ("razzbery", "b" * 32),  # unknown
                ("razzbery", "c" * 32),  # another merchant's, paid
                ("razzbery", "d" * 32),  # meaningless
                ("razzbery", "e" * 32),  # a webhook's
                ("nobody", "e" * 32),
                ("%00", "a" * 32),
                ("%FF", "%00"),
                ("razzbery", "A" * 32),
                ("razzbery", "x" * 2000),
            ]
        }
        assert len(pages) == 1


def test_it_is_only_looked_at(client: Client, shop: Merchant) -> None:
    assert client.head(UNKNOWN).status_code == 200
    assert client.post(UNKNOWN).status_code == 405
