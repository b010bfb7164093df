"""The bank says no: the customer is told so, is not told that it was paid, and may try again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from billing.models import Bill
from invoices.models import Invoice, Payment
from tests.browser.paying import WORDS, answer_gateway, cannot_pay, press_pay, wait_for
from tests.browser.town import Town, sent_bill
from tests.invoices.pages.documents import page_of

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("town")]


def test_a_declined_payment_is_tried_again(
    town: Town, open_phone: Callable[..., Any], picture: Callable[[Any, str], None]
) -> None:
    shop = town.open_shop("declined")
    bill = sent_bill(shop)
    page = open_phone()
    page.goto(f"{town.web.base_url}{page_of(bill)}?lang=en")

    press_pay(page)
    answer_gateway(page, "decline")
    wait_for(page, "The bank reports no payment.")
    picture(page, "declined-en")
    assert Bill.objects.get(pk=bill.pk).status == "PENDING"
    assert not Payment.objects.filter(bill=bill).exists()
    page.get_by_role("link", name=WORDS["en"]["back"]).click()
    let_it_be_asked_again(bill)
    press_pay(page)
    answer_gateway(page)

    wait_for(page, WORDS["en"]["thanks"])
    page.get_by_role("link", name=WORDS["en"]["back"]).click()
    expect(page.locator(".status")).to_contain_text("Paid")
    cannot_pay(page)
    assert Payment.objects.get(bill=bill).applied_amount == bill.amount


def let_it_be_asked_again(bill: Bill) -> None:
    """Who tries again at once waits a minute for the answer: so often is the gateway asked about an invoice."""
    Invoice.objects.filter(bill_id=bill.pk).update(last_asked_at=None)
