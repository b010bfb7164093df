"""A customer opens the link, pays at the gateway, comes back and keeps the receipt; nobody helps by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from invoices.models import Payment
from tests.browser.paying import WORDS, answer_gateway, cannot_pay, press_pay, wait_for
from tests.browser.town import Town, sent_bill, speaks
from tests.invoices.documents.reading import text_of
from tests.invoices.pages.documents import page_of

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.xdist_group("town")]

LETTERHEAD = {"en": "Razzbery Solutions", "ar": "رازبيري للحلول"}


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_from_the_link_to_the_receipt(
    town: Town,
    open_phone: Callable[..., Any],
    picture: Callable[[Any, str], None],
    language: str,
    has_script: bool,
) -> None:
    name = f"{language}-{'script' if has_script else 'plain'}"
    shop = town.open_shop(f"pays-{name}")
    bill = sent_bill(shop, service_type={"en": "Water Bill", "ar": "فاتورة المياه"}[language])
    speaks(bill, language)
    words, page = WORDS[language], open_phone(language=language, has_script=has_script)

    page.goto(town.web.base_url + page_of(bill))
    expect(page.locator("html")).to_have_attribute("dir", {"en": "ltr", "ar": "rtl"}[language])
    assert page.context.cookies() == []
    press_pay(page)
    answer_gateway(page)
    wait_for(page, words["thanks"])
    picture(page, f"received-{name}")
    page.get_by_role("link", name=words["back"]).click()

    expect(page.locator(".status")).to_contain_text(words["paid"])
    cannot_pay(page)
    picture(page, f"paid-{name}")
    paid = Payment.objects.get(bill=bill)
    assert (str(paid.amount), str(paid.applied_amount), paid.review_reason) == ("150.500", "150.500", "")
    receipt = page.locator("a[href*='receipt.pdf']").get_attribute("href")
    answer = page.request.get(urljoin(page.url, receipt))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    text, number = text_of(answer.body()), Payment.objects.get(pk=paid.pk).receipt_no
    assert number is not None
    for expected in (LETTERHEAD[language], "150.500", number):
        assert expected in text
