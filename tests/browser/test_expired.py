"""A link has died: the customer asks our page for a new one, finds it in the phone's messages, and pays by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from billing.models import Bill
from tests.browser.paying import PATIENCE_MS, answer_gateway, cannot_pay, wait_for
from tests.browser.town import PATIENCE, Town, invoices_of, sent_bill, speaks, wait_until_sent
from tests.infrastructure.waiting import wait_until
from tests.invoices.pages.documents import page_of
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("town")]

THANKS = {"en": "Thank you.", "ar": "شكرًا لك"}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_new_link_is_sent_and_paid(
    town: Town, open_phone: Callable[..., Any], picture: Callable[[Any, str], None], language: str
) -> None:
    shop = town.open_shop(f"expired-{language}", language=language)
    bill = sent_bill(shop)
    speaks(bill, language)
    expire(bill)
    page = open_phone(language=language, has_script=language == "en")
    page.goto(town.web.base_url + page_of(bill))
    cannot_pay(page)

    page.locator("button[value=new-link]").click()
    page.wait_for_url("**said=new-link-sent**")
    picture(page, f"new-link-{language}")
    expect(page.locator("button[value=new-link]")).to_have_count(0)
    wait_until_sent(bill, count=2)
    open_newest_message(page, town, shop)
    picture(page, f"gateway-{language}")
    answer_gateway(page)

    wait_for(page, THANKS[language])
    assert [invoice.status for invoice in invoices_of(bill).order_by("pk")] == ["EXPIRED", "PAID"]
    assert Bill.objects.get(pk=bill.pk).status == "PAID"


def expire(bill: Bill) -> None:
    """Its last day was some days ago, and the worker has seen it."""
    now = timezone.now()
    invoices_of(bill).update(expires_on=now.date() - timedelta(days=3), next_poll_at=now)

    def is_expired() -> bool:
        return invoices_of(bill).filter(status="EXPIRED").exists()

    wait_until(is_expired, PATIENCE, interval=0.2, reason="the link is dead")


def open_newest_message(page: Any, town: Town, shop: SandboxedMerchant) -> None:
    """On the customer's phone: of two messages the upper one."""
    page.goto(f"{town.gateway}/sandbox/inbox/?phone=777839071&account={shop.access_code}")
    messages = page.locator(".message")
    expect(messages).to_have_count(2, timeout=PATIENCE_MS)
    messages.first.locator("a.open").click()
    page.wait_for_url("**/sandbox/pay/**")
