"""What surrounds a customer's page: nothing stored, indexed, framed or set, and machines change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from billing.models import Customer, Merchant
from invoices.models import PageOpening
from tests.invoices.customer_pages.dues import list_of

pytestmark = pytest.mark.django_db

OPENER = {"User-Agent": "Mozilla/5.0 (Linux; Android 11) Chrome/120.0 Mobile Safari/537.36"}


@pytest.fixture(params=["list", "question"])
def page(request: Any, client: Client, customer: Customer) -> Any:
    Merchant.objects.update(asks_phone_digits=request.param == "question")
    return client.get(list_of(customer))


def test_the_headers(page: Any) -> None:
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin"
    assert "noindex" in page["X-Robots-Tag"]
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"


def test_no_cookie_and_a_policy_that_names_no_other_host(page: Any) -> None:
    assert page.cookies == {}
    assert "Cookie" not in page.get("Vary", "")
    policy = page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "http" not in policy


def test_nothing_for_link_previews(page: Any) -> None:
    text = page.content.decode()

    assert "og:" not in text
    assert "<script" not in text
    title = text[text.index("<title>") : text.index("</title>")]
    assert "470" not in title
    assert "R•••" not in title


def test_people_are_counted_and_previews_are_not(client: Client, customer: Customer) -> None:
    path = list_of(customer)
    for agent in ("WhatsApp/2.23.20.0", "TelegramBot (like TwitterBot)", "Mozilla/5.0 (compatible; Googlebot/2.1)"):
        client.get(path, headers={"User-Agent": agent})
    client.head(path, headers=OPENER)
    client.get(path, headers={**OPENER, "Sec-Purpose": "prefetch"})
    assert not PageOpening.objects.exists()

    client.get(path, headers=OPENER)
    client.get(path, headers=OPENER)

    assert PageOpening.objects.get(customer=customer).count == 2


def test_head_is_answered_like_get_without_a_body(client: Client, customer: Customer) -> None:
    page = client.head(list_of(customer))

    assert (page.status_code, page.content) == (200, b"")
