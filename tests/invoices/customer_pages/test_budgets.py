"""A cheap phone on a slow network: bytes and queries are counted, however much a customer owes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Customer, Merchant
from tests.factories import make_bill
from tests.invoices.customer_pages.dues import list_of, plan_due_today, read, three_dues
from tests.invoices.pages.documents import make_shop, send_invoice, today_of

pytestmark = pytest.mark.django_db

MOST_HTML, MOST_CSS = 14 * 1024, 5 * 1024
# The customer with merchant and logo, bills, installments, two for the statement; and one that counts the opening.
QUERIES = 6
OPENER = {"User-Agent": "Mozilla/5.0 (Linux; Android 11) Chrome/120.0 Mobile Safari/537.36"}


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers=OPENER).status_code == 200
    return len(queries)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_three_dues_fit_the_budget(client: Client, customer: Customer, language: str) -> None:
    path = list_of(customer) + f"?lang={language}"

    assert len(read(client, path).encode()) <= MOST_HTML
    assert queries_of(client, path) == QUERIES


def test_many_dues_and_plans_ask_no_more(client: Client, shop: Merchant) -> None:
    customer, today = three_dues(shop), today_of(shop)
    for n in range(30):
        make_bill(shop, due_date=today - timedelta(days=n), amount=Decimal("1.000"))
    for n in range(3):
        send_invoice(plan_due_today(shop, product_name=f"Plan {n}").installments.get(sequence=1))

    assert queries_of(client, list_of(customer)) == QUERIES


def test_asking_for_the_digits_reads_the_customer_alone(client: Client, customer: Customer) -> None:
    Merchant.objects.update(asks_phone_digits=True)

    assert queries_of(client, list_of(customer)) == 1


def test_the_longest_names_of_three_dues_fit(client: Client) -> None:
    shop = make_shop(name_en="&" * 200, name_ar="&" * 200)
    customer = three_dues(shop, customer_name="ل" * 200)
    shop.bills.update(service_type='"' * 200)

    assert len(read(client, list_of(customer)).encode()) <= MOST_HTML


def test_the_style_sheet() -> None:
    style = Path(settings.BASE_DIR) / "static" / "pages" / "customer.css"

    assert len(style.read_bytes()) <= MOST_CSS
    for physical in ("margin-left", "margin-right", "padding-left", "padding-right", "@import", "@font-face", "url("):
        assert physical not in style.read_text()
