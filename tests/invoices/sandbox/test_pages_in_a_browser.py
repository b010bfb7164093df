"""The sandbox's pages in a real Chromium, under the strict content security policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from invoices.sandbox.models import SandboxInvoice
from tests.invoices.sandbox.conftest import make_account
from tests.invoices.sandbox.merchant import Merchant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def complaints(page: Any) -> Iterator[list[str]]:
    """What the browser's console complains about: refused styles, scripts, forms."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.mark.parametrize(("button", "result"), [("Pay 280.000 JOD", 1), ("Decline the payment", 0)])
def test_the_customer_comes_back_to_the_merchant_on_another_origin(
    page: Any, live_server: Any, httpserver: HTTPServer, complaints: list[str], button: str, result: int
) -> None:
    httpserver.expect_request("/return").respond_with_data("<title>Back</title>", content_type="text/html")
    shop = Merchant(make_account(return_url=httpserver.url_for("/return")))
    token = shop.created()["token"]
    page.set_viewport_size(PHONE)

    page.goto(f"{live_server.url}/sandbox/pay/{token}")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/return?data=*")

    returned = shop.open(page.url.partition("?data=")[2])
    assert (page.title(), returned["code"], SandboxInvoice.objects.get().status) == ("Back", result, result)
    assert [text for text in complaints if "Content Security Policy" in text] == []


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_fits_its_screen(
    page: Any, live_server: Any, complaints: list[str], width: int, language: str
) -> None:
    merchant = Merchant()
    reference = "INV-20251231-0001-" + "x" * 60
    for pair in (("1", "0"), ("0", "1"), ("0", "2"), ("0", "3")):
        invoice = merchant.created(
            invoiceType=pair[0],
            invoiceSubType=pair[1],
            amount="999999999.999",
            language=language,
            referenceNumber=reference,
        )
    page.set_viewport_size({"width": width, "height": 740})

    for path in ("inbox/", "faults/", f"pay/{invoice['token']}"):
        page.goto(f"{live_server.url}/sandbox/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px", path

    assert complaints == []
