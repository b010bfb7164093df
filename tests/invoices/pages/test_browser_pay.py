"""A customer pays in Chromium: our page, the gateway's on another origin, the way back, and what our ledger says."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from billing.models import Bill, Customer
from invoices.models import Invoice
from invoices.sandbox.models import SandboxAccount
from tests.factories import make_bill, make_merchant
from tests.invoices.callbacks.arrivals import process
from tests.invoices.pages.documents import page_of
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(sandbox_settings: Any, live_server: Any) -> SandboxedMerchant:
    """Its gateway is on another origin than our pages, as in life."""
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    merchant = make_merchant("razzbery", language="en", name_ar="رازبيري للحلول", help_phone="06 500 0000")
    shop = connect_to_sandbox(merchant, base_url=live_server.url.replace("localhost", "127.0.0.1"))
    SandboxAccount.objects.update(return_url=f"{live_server.url}/razzbery/gateway/return")
    return shop


@pytest.fixture
def bill(shop: SandboxedMerchant) -> Bill:
    bill = make_bill(shop.merchant)
    shop.issue()
    shop.push()
    assert Invoice.objects.get().delivery == "SENT"
    return bill


@pytest.mark.parametrize("has_script", [True, False])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_bill_is_paid(chromium: Any, live_server: Any, bill: Bill, language: str, has_script: bool) -> None:
    Customer.objects.update(language=language)
    words = {"en": ("Pay", "checking with the bank", "Thank you."), "ar": ("ادفع", "نتحقق لدى البنك", "شكرًا لك")}
    pay, checking, thanks = words[language]
    context = chromium.new_context(
        java_script_enabled=has_script, viewport={"width": 360, "height": 740}, locale=language
    )
    page = context.new_page()

    page.goto(live_server.url + page_of(bill))
    page.get_by_role("button", name=pay).click()
    page.wait_for_url("**/sandbox/pay/**")
    page.locator("button[value=pay]").click()
    page.wait_for_url("**/gateway/checking/**")
    expect(page.get_by_role("status")).to_contain_text(checking)
    process()
    expect(page.get_by_text(thanks)).to_be_visible(timeout=12_000)  # by the page's script, or by meta refresh
    assert "data=" not in page.url
    page.get_by_role("link", name={"en": "Back to", "ar": "العودة"}[language]).click()

    expect(page.locator(".status")).to_contain_text({"en": "Paid", "ar": "مدفوعة"}[language])
    expect(page.locator("button[value=pay]")).to_have_count(0)
    bill.refresh_from_db()
    assert bill.status == "PAID"
    own = [cookie for cookie in context.cookies() if cookie["domain"] == "localhost"]
    assert own == []
    context.close()


def test_a_declined_payment_can_be_tried_again(page: Any, live_server: Any, bill: Bill) -> None:
    page.goto(live_server.url + page_of(bill) + "?lang=en")
    page.get_by_role("button", name="Pay").click()
    page.locator("button[value=decline]").click()
    page.wait_for_url("**/gateway/checking/**")
    process()

    expect(page.get_by_text("The bank reports no payment.")).to_be_visible(timeout=12_000)
    page.get_by_role("link", name="Back to the payment page").click()

    expect(page.get_by_role("button", name="Pay")).to_be_visible()
    bill.refresh_from_db()
    assert bill.status == "PENDING"
