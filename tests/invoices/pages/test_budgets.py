"""A cheap phone on a slow network: bytes, requests and queries are counted."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from billing.models import Merchant
from billing.services.logos import MOST_STORED as LARGEST_LOGO
from billing.services.logos import set_logo
from invoices.pages.states import State
from invoices.pages.visits import Visit, begin_visit
from subscriptions.models import Installment, Subscription
from tests.factories import make_subscription
from tests.invoices.pages.documents import make_shop, owed_bill, page_of, part_paid, send_invoice, take, today_of
from tests.invoices.pages.gallery import MAKERS, due_installment

pytestmark = pytest.mark.django_db

MOST_HTML = 14 * 1024
MOST_SCRIPT = 5 * 1024
MOST_QUERIES = 6
MOST_IN_ALL = 50 * 1024
STATIC = Path(settings.BASE_DIR) / "static" / "pages"
PERSON = {"User-Agent": "Mozilla/5.0"}
# The payable with its merchant and logo; its last invoice, and whether an attempt to pay is open; its payments; its
# opening. An installment's plan is one more, and so is the way back to the list of a customer who came from there.
OF_A_BILL = 4
OF_AN_INSTALLMENT = 5


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (90, 90), "teal").save(file, "PNG")
    return file.getvalue()


def count_queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers=PERSON).status_code == 200
    return len(queries)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
def test_each_state_is_small_and_asks_little(client: Client, shop: Merchant, state: State, language: str) -> None:
    path = page_of(MAKERS[state](shop)) + f"?lang={language}"

    assert count_queries(client, path) == (OF_AN_INSTALLMENT if state is State.UPCOMING else OF_A_BILL)
    assert len(client.get(path).content) <= MOST_HTML


@pytest.mark.parametrize("count", [3, 60])
def test_a_long_plan_asks_no_more_than_a_short_one(client: Client, shop: Merchant, count: int) -> None:
    today = today_of(shop)
    plan = make_subscription(
        shop,
        Subscription.Type.CUSTOM_SCHEDULE,
        total_amount=Decimal(100 * count),
        custom_installments=tuple((today + timedelta(days=7 * n), Decimal(100), "") for n in range(count)),
    )
    installment: Installment = plan.installments.get(sequence=1)
    send_invoice(installment)

    assert count_queries(client, page_of(installment)) == OF_AN_INSTALLMENT


def test_with_a_logo_and_the_way_back_to_the_list_it_asks_six_times(client: Client, shop: Merchant) -> None:
    set_logo(merchant=shop, content=picture(), actor="system", now=timezone.now())
    installment = due_installment(shop)
    assert isinstance(installment, Installment)
    send_invoice(installment)
    visit = begin_visit(installment.subscription.customer, Visit.Kind.OPEN).text

    path = f"{page_of(installment)}?visit={visit}"

    assert count_queries(client, path) == OF_AN_INSTALLMENT + 1 <= MOST_QUERIES
    assert f'src="/razzbery/logo/{shop.logo.digest}" width="44" height="44" alt=""' in client.get(path).content.decode()


def test_many_payments_ask_no_more_than_one(client: Client, shop: Merchant) -> None:
    bill = part_paid(owed_bill(shop), Decimal("12.000"))
    for days in range(12):
        take(bill, "1.000", days_ago=days)

    assert count_queries(client, page_of(bill)) == OF_A_BILL
    assert client.get(page_of(bill)).content.count(b"<li><span>") == 6


def test_the_longest_texts_fit_the_budget(client: Client) -> None:
    shop = make_shop(name_en="&" * 200, name_ar="&" * 200, help_whatsapp="+962790000000")
    bill = part_paid(
        owed_bill(
            shop,
            customer_name="ل" * 200,
            service_type='"' * 200,
            description='"' * 2000,
            amount=Decimal("999999999.999"),
        ),
        Decimal("999999900.000"),
    )
    for _ in range(10):
        take(bill, "99999990.000")

    assert len(client.get(page_of(bill) + "?lang=ar").content) <= MOST_HTML


def test_an_installment_with_all_there_is_fits_too(client: Client) -> None:
    shop = make_shop(help_whatsapp="+962790000000", shows_hijri_date=True)
    installment = due_installment(shop)
    send_invoice(installment)

    assert len(client.get(page_of(installment) + "?lang=ar").content) <= MOST_HTML


def test_one_style_sheet_and_one_script_that_waits(client: Client, shop: Merchant) -> None:
    text = client.get(page_of(owed_bill(shop))).content.decode()

    assert re.findall(r"<(?:link|script|img)[^>]*(?:href|src)=\"([^\"]+)\"", text) == [
        "/static/favicon.svg",
        "/static/pages/pages.css",
        "/static/pages/pages.js",
    ]
    assert '<script src="/static/pages/pages.js" defer></script>' in text
    assert "<style" not in text
    assert " style=" not in text


def test_all_of_it_together(client: Client, shop: Merchant) -> None:
    page = client.get(page_of(owed_bill(shop)) + "?lang=ar").content
    style, script = ((STATIC / name).read_bytes() for name in ("pages.css", "pages.js"))

    assert len(script) <= MOST_SCRIPT
    assert sum(len(gzip.compress(part)) for part in (page, style, script)) + LARGEST_LOGO <= MOST_IN_ALL


def test_the_style_sheet() -> None:
    text = (STATIC / "pages.css").read_text()

    for physical in ("margin-left", "margin-right", "padding-left", "padding-right", "@import", "@font-face", "url("):
        assert physical not in text
