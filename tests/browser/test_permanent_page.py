"""Three things are owed: from one permanent page they are paid one after the other, the phone's digits asked once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from billing.models import Bill, Merchant
from tests.browser.paying import answer_gateway, press_pay, wait_for
from tests.browser.town import Town, speaks, wait_until_sent
from tests.factories import make_bill
from tests.invoices.customer_pages.dues import list_of
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("town")]

DUES = (("Water", -5, "150.500"), ("Internet", 0, "20.250"), ("Parking", 2, "9.000"))
THANKS = {"en": "Thank you.", "ar": "شكرًا لك"}


@pytest.mark.parametrize(("language", "has_script"), [("en", True), ("ar", False)], ids=["en-script", "ar-no-script"])
def test_one_after_the_other(
    town: Town,
    open_phone: Callable[..., Any],
    picture: Callable[[Any, str], None],
    language: str,
    has_script: bool,
) -> None:
    shop = town.open_shop(f"permanent-{language}", asks_phone_digits=True)
    bills = three_dues(shop)
    speaks(bills[0], language)
    page = open_phone(language=language, has_script=has_script)
    page.goto(town.web.base_url + list_of(bills[0].customer))
    expect(page.get_by_text("150.500")).to_have_count(0)
    page.locator("#digits").fill({"en": "071", "ar": "٠٧١"}[language])
    page.locator("main button").first.click()
    expect(page.locator(".dues > li")).to_have_count(3)

    for done, (bill, (title, _, amount)) in enumerate(zip(bills, DUES, strict=True), start=1):
        first = page.locator(".dues > li").first
        expect(first).to_contain_text(title)
        expect(first).to_contain_text(amount)
        picture(page, f"list-{language}-{done}")
        first.locator("a.button").click()
        press_pay(page)
        answer_gateway(page)
        wait_for(page, THANKS[language])
        assert Bill.objects.get(pk=bill.pk).status == "PAID"
        page.locator("a.button:not(.button-quiet)").click()
        page.wait_for_url("**/c/**")
        expect(page.locator(".dues > li")).to_have_count(len(bills) - done)

    picture(page, f"list-{language}-all-paid")
    expect(page.locator(".status-good")).to_be_visible()
    assert Merchant.objects.get(pk=shop.merchant.pk).payments.count() == len(bills)


def three_dues(shop: SandboxedMerchant) -> list[Bill]:
    today = shop.merchant.local_date(timezone.now())
    bills = [
        make_bill(shop.merchant, service_type=title, amount=Decimal(amount), due_date=today + timedelta(days=days))
        for title, days, amount in DUES
    ]
    for bill in bills:
        wait_until_sent(bill)
    return bills
