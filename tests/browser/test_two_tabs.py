"""The link is open twice: whatever the customer presses, it is paid once, and money taken twice is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from billing.models import Bill
from invoices.models import GatewayCallback, Invoice, Payment
from invoices.sandbox.models import FaultKind, SandboxTransaction
from tests.browser.paying import WORDS, answer_gateway, cannot_pay, press_pay, wait_for
from tests.browser.town import PATIENCE, Town, sent_bill, wait_until_settled
from tests.infrastructure.waiting import wait_until
from tests.invoices.pages.documents import page_of
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("town")]


@pytest.fixture
def tabs(open_phone: Callable[..., Any]) -> tuple[Any, Any]:
    page = open_phone()
    return page, page.context.new_page()


def test_both_at_the_gateway_pay_at_once(town: Town, tabs: tuple[Any, Any]) -> None:
    shop = town.open_shop("two-tabs")
    bill = sent_bill(shop)
    for tab in tabs:
        tab.goto(f"{town.web.base_url}{page_of(bill)}?lang=en")
        press_pay(tab)

    for tab in tabs:
        tab.locator("button[value=pay]").click(no_wait_after=True)

    for tab in tabs:
        tab.wait_for_load_state()
    wait_until_settled(bill)
    for tab in tabs:
        tab.goto(f"{town.web.base_url}{page_of(bill)}?lang=en")
        expect(tab.locator(".status")).to_contain_text("Paid")
        cannot_pay(tab)
    assert taken_at_gateway(shop, bill) == 1
    assert [payment.review_reason for payment in Payment.objects.filter(bill=bill)] == [""]


def test_money_taken_twice_is_recorded_and_shown_to_staff(town: Town, tabs: tuple[Any, Any]) -> None:
    shop = town.open_shop("taken-twice")
    bill, (tab, other) = sent_bill(shop), tabs
    other.goto(f"{town.web.base_url}{page_of(bill)}?lang=en")
    tab.goto(other.url)
    shop.fault(FaultKind.PAID_TWICE, count=1)

    press_pay(tab)
    answer_gateway(tab)
    wait_for(tab, WORDS["en"]["thanks"])
    let_it_be_asked_again(bill)

    def both_are_known() -> bool:
        return Payment.objects.filter(bill=bill).count() == 2

    wait_until(both_are_known, PATIENCE, interval=0.2, reason="both payments are recorded")
    counted, surplus = Payment.objects.filter(bill=bill).order_by("-applied_amount")
    assert (counted.applied_amount, counted.review_reason) == (bill.amount, "")
    assert (surplus.amount, surplus.applied_amount) == (bill.amount, 0)
    assert surplus.review_reason != ""
    other.locator("button[value=pay]").click()
    expect(other.locator(".status")).to_contain_text("Paid")
    cannot_pay(other)


def test_while_a_payment_is_pending_no_tab_invites_to_pay_again(
    town: Town, tabs: tuple[Any, Any], picture: Callable[[Any, str], None]
) -> None:
    shop = town.open_shop("pending")
    bill, (tab, other) = sent_bill(shop), tabs
    address = f"{town.web.base_url}{page_of(bill)}?lang=en"
    other.goto(address)
    tab.goto(address)
    shop.fault(FaultKind.PAYMENT_PENDING, count=1)

    press_pay(tab)
    answer_gateway(tab)
    wait_until(lambda: is_known_to_be_tried(bill), PATIENCE, interval=0.2, reason="the gateway was asked")
    other.locator("button[value=pay]").click()

    expect(other.locator(".status")).to_contain_text("Payment is being checked")
    cannot_pay(other)
    picture(other, "pending-en")
    tab.goto(address)
    cannot_pay(tab)
    shop.customer_pays(Invoice.objects.get(bill=bill))
    let_it_be_asked_again(bill)
    wait_for(tab, "Paid")
    assert taken_at_gateway(shop, bill) == 1
    assert Payment.objects.get(bill=bill).review_reason == ""


def taken_at_gateway(shop: SandboxedMerchant, bill: Bill) -> int:
    """How often the customer's money was taken."""
    there = shop.at_gateway(Invoice.objects.get(bill=bill))
    return SandboxTransaction.objects.filter(invoice=there, status="SUCCESSFUL").count()


def is_known_to_be_tried(bill: Bill) -> bool:
    return GatewayCallback.objects.filter(invoice__bill=bill, kind="RETURN", state="WAITING").exists()


def let_it_be_asked_again(bill: Bill) -> None:
    """The minute between two questions about an invoice is over."""
    Invoice.objects.filter(bill=bill).update(last_asked_at=None)
    callbacks = GatewayCallback.objects.filter(invoice__bill=bill, state="WAITING")
    callbacks.update(next_attempt_at="2026-01-01T00:00:00Z")
