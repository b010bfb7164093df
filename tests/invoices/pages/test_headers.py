"""What surrounds a page: nothing is stored, indexed, framed, loaded from elsewhere, or set on the customer's phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from billing.models import Bill, Merchant
from invoices.models import GatewayAccount
from tests.invoices.pages.documents import change_invoice, owed_bill, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(shop: Merchant) -> Bill:
    return owed_bill(shop)


@pytest.fixture(params=["pay", "wrong link", "checking"])
def page(request: Any, client: Client, bill: Bill) -> Any:
    paths = {
        "pay": page_of(bill),
        "wrong link": "/razzbery/pay/wrong",
        "checking": f"/razzbery/gateway/checking/{'0' * 32}",
    }
    return client.get(paths[request.param])


def directives(page: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in page["Content-Security-Policy"].split(";")]
    return {part[0]: part[1:] for part in parts if part}


def test_the_headers(page: Any) -> None:
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin"
    assert "noindex" in page["X-Robots-Tag"]
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert page["X-Request-ID"]


def test_no_cookie_and_no_session(page: Any) -> None:
    assert page.cookies == {}
    assert "Set-Cookie" not in page
    assert "Cookie" not in page.get("Vary", "")


def test_the_policy_names_no_other_host(page: Any) -> None:
    policy = directives(page)

    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]


def test_nothing_for_link_previews(page: Any) -> None:
    text = page.content.decode()

    assert "og:" not in text
    assert "twitter:" not in text
    title = text[text.index("<title>") : text.index("</title>")]
    assert "150" not in title
    assert "R•••" not in title


def test_the_form_may_lead_to_the_gateway_and_nowhere_else(client: Client, bill: Bill) -> None:
    assert directives(client.get(page_of(bill)))["form-action"] == ["'self'", "https://pay.gateway.test"]


def test_hosts_a_gateway_sends_on_to_are_named_too(client: Client, bill: Bill) -> None:
    GatewayAccount.objects.update(link_hosts=["pay.gateway.test", "*.checkout.test"])

    assert "https://*.checkout.test" in directives(client.get(page_of(bill)))["form-action"]


def test_a_page_without_a_button_sends_forms_to_itself_alone(client: Client, bill: Bill) -> None:
    change_invoice(bill, delivery="NEW")

    assert directives(client.get(page_of(bill)))["form-action"] == ["'self'"]


def test_a_visitors_cookies_are_not_looked_at(client: Client, bill: Bill) -> None:
    client.cookies["django_language"] = "ar"
    client.cookies["sessionid"] = "s" * 32

    page = client.get(page_of(bill))

    assert 'lang="en"' in page.content.decode()
    assert page.cookies == {}


def test_robots_are_sent_away_without_naming_an_address(client: Client) -> None:
    answer = client.get("/robots.txt")

    assert (answer.status_code, answer.content) == (200, b"User-agent: *\nDisallow: /\n")
    assert answer["Content-Type"] == "text/plain"
    assert client.get("/sitemap.xml").status_code == 404
