"""A cheap phone on a slow network: bytes and queries are counted."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Merchant
from invoices.pages.states import State
from tests.invoices.pages.documents import make_shop, owed_bill, page_of, send_invoice
from tests.invoices.pages.gallery import MAKERS, due_installment

pytestmark = pytest.mark.django_db

MOST_HTML = 14 * 1024
MOST_CSS = 10 * 1024
MOST_QUERIES = 6


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
def test_each_state_is_small_and_asks_little(client: Client, shop: Merchant, state: State, language: str) -> None:
    path = page_of(MAKERS[state](shop)) + f"?lang={language}"

    with CaptureQueriesContext(connection) as queries:
        page = client.get(path)

    assert len(page.content) < 5 * 1024
    assert len(queries) <= MOST_QUERIES


def test_an_installment_asks_no_more(client: Client, shop: Merchant) -> None:
    installment = due_installment(shop)
    send_invoice(installment)
    path = page_of(installment)

    with CaptureQueriesContext(connection) as queries:
        client.get(path)

    assert len(queries) <= MOST_QUERIES


def test_the_longest_texts_fit_the_budget(client: Client) -> None:
    shop = make_shop(name_en="&" * 200, name_ar="&" * 200)
    bill = owed_bill(
        shop,
        customer_name="ل" * 200,
        service_type='"' * 200,
        description='"' * 2000,
        amount=Decimal("999999999.999"),
    )

    assert len(client.get(page_of(bill)).content) <= MOST_HTML


def test_the_style_sheet() -> None:
    style = Path(settings.BASE_DIR) / "static" / "pages" / "pages.css"

    assert len(style.read_bytes()) <= MOST_CSS
    text = style.read_text()
    for physical in ("margin-left", "margin-right", "padding-left", "padding-right", "@import", "@font-face", "url("):
        assert physical not in text
