"""`inbox/`: what the customers' phones show."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.invoices.sandbox.merchant import Merchant


def test_an_empty_inbox_says_so(merchant: Merchant) -> None:
    answer = Client().get("/sandbox/inbox/")

    assert answer.status_code == 200
    assert "No messages yet." in answer.content.decode()


def test_the_root_leads_to_the_inbox() -> None:
    assert Client().get("/sandbox/")["Location"] == "/sandbox/inbox/"


def test_an_sms_shows_text_link_reference_and_amount(merchant: Merchant) -> None:
    invoice = merchant.created(referenceNumber="INV-1", amount="1280.500")

    page = _page()

    assert 'class="screen screen-sms"' in page
    assert f'<a href="{invoice["url"]}" rel="nofollow">{invoice["url"]}</a>' in page
    assert "INV-1" in page
    assert "1,280.500 JOD" in page
    assert "+96566666666" in page


def test_a_link_was_sent_to_nobody(merchant: Merchant) -> None:
    merchant.created(invoiceType="0", invoiceSubType="3")

    page = _page()

    assert "Link returned to the merchant, nobody was sent anything." in page
    assert "Dear TEST" not in page


def test_an_email_shows_the_description(merchant: Merchant) -> None:
    merchant.created(invoiceType="0", invoiceSubType="2", description="December")

    page = _page()

    assert 'class="screen screen-email"' in page
    assert "test@gmail.com" in page
    assert "December" in page


def test_arabic_stands_right_to_left(merchant: Merchant) -> None:
    merchant.created(invoiceType="0", invoiceSubType="1", language="ar")

    assert 'class="screen screen-whatsapp" lang="ar" dir="rtl"' in _page()


def test_customers_texts_are_inert(merchant: Merchant) -> None:
    merchant.created(customerName="<img src=x onerror=alert(1)>", referenceNumber="<b>")

    page = _page()

    assert "<img" not in page
    assert "<b>" not in page


def test_the_inbox_is_filtered_by_phone_and_account(merchant: Merchant, stranger: Merchant) -> None:
    merchant.created(referenceNumber="FIRST", mobileNumber="777839071")
    merchant.created(referenceNumber="SECOND", mobileNumber="777000000")
    stranger.created(referenceNumber="THIRD", mobileNumber="777839071")

    by_phone = _page(phone="0777839071".removeprefix("0"))
    by_account = _page(account=stranger.credentials.access_code)

    assert ("FIRST" in by_phone, "SECOND" in by_phone, "THIRD" in by_phone) == (True, False, True)
    assert ("FIRST" in by_account, "SECOND" in by_account, "THIRD" in by_account) == (False, False, True)
    assert "No messages for this choice yet." in _page(account="nobody")


def test_the_newest_come_first_in_pages_of_24(merchant: Merchant) -> None:
    for number in range(25):
        merchant.created(referenceNumber=f"INV-{number:02}")

    newest, oldest = _page(), _page(page="2")

    assert newest.index("INV-24") < newest.index("INV-23")
    assert "INV-00" not in newest
    assert "INV-00" in oldest
    assert 'href="?page=2"' in newest
    assert "Page 2 of 2" in oldest


@pytest.mark.parametrize("number", ["0", "-1", "NaN", "9" * 30])
def test_a_page_that_does_not_exist_is_the_nearest(merchant: Merchant, number: str) -> None:
    merchant.created(referenceNumber="INV-1")

    assert "INV-1" in _page(page=number)


def test_refreshing_is_a_choice_and_needs_no_script(merchant: Merchant) -> None:
    assert "http-equiv" not in _page()

    page = _page(refresh="1", phone="7")

    assert '<meta http-equiv="refresh" content="5">' in page
    assert 'href="?phone=7&amp;page=1"' in page
    assert "<script" not in page


def test_the_page_keeps_to_the_strict_policy(merchant: Merchant) -> None:
    answer = Client().get("/sandbox/inbox/")

    assert "form-action 'self'" in answer["Content-Security-Policy"].split("; ")
    assert "style=" not in answer.content.decode()


def _page(**query: Any) -> str:
    return Client().get("/sandbox/inbox/", query).content.decode()
