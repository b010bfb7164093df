"""Arabic and English: chosen in the address, else by the customer's record, the browser, the merchant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.translation import override

from billing.day_text import format_day
from billing.models import Customer, Merchant
from invoices.pages.amounts import currency_label, format_amount_with_currency
from invoices.pages.days import describe_distance, format_hijri_day
from invoices.pages.runs import as_run
from tests.factories import make_bill
from tests.invoices.pages.documents import make_shop, owed_bill, page_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("stated", "customer", "browser", "merchant", "language"),
    [
        ("ar", "en", "en", "en", "ar"),
        ("en", "ar", "ar", "ar", "en"),
        ("", "ar", "en", "en", "ar"),
        ("fr", "ar", "en", "en", "ar"),
        ("", "", "en-GB,ar;q=0.5", "ar", "en"),
        ("", "", "fr, ar-JO;q=0.9, en;q=0.8", "en", "ar"),
        ("", "", "fr", "ar", "ar"),
        ("", "", "", "ar", "ar"),
        ("", "", "", "en", "en"),
    ],
)
def test_whose_wish_counts(
    client: Client, shop: Merchant, stated: str, customer: str, browser: str, merchant: str, language: str
) -> None:
    bill = owed_bill(shop)
    Customer.objects.update(language=customer)
    Merchant.objects.update(language=merchant)

    page = client.get(page_of(bill) + f"?lang={stated}", headers={"Accept-Language": browser})

    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page.content.decode()
    assert page["Content-Language"] == language


def test_each_page_offers_the_other_language(client: Client, shop: Merchant) -> None:
    path = page_of(owed_bill(shop))

    assert 'href="?lang=ar" lang="ar" hreflang="ar">العربية</a>' in client.get(path + "?lang=en").content.decode()
    assert 'href="?lang=en" lang="en" hreflang="en">English</a>' in client.get(path + "?lang=ar").content.decode()


def test_the_arabic_page(client: Client, shop: Merchant) -> None:
    text = client.get(page_of(owed_bill(shop)) + "?lang=ar").content.decode()

    assert "رازبيري للحلول" in text
    assert "بانتظار الدفع" in text
    assert "ادفع <bdi>150.500\u00a0د.أ</bdi>" in text
    assert "150,500" not in text


@pytest.mark.parametrize(("language", "hijri"), [("en", "11 Rajab 1447 AH"), ("ar", "11 رجب 1447 هـ")])
def test_the_hijri_date_stands_beside_where_the_merchant_wishes(client: Client, language: str, hijri: str) -> None:
    shop = make_shop(shows_hijri_date=True)
    path = page_of(make_bill(shop, due_date=date(2025, 12, 31))) + f"?lang={language}"
    assert hijri in client.get(path).content.decode()

    Merchant.objects.update(shows_hijri_date=False)

    assert hijri not in client.get(path).content.decode()


@pytest.mark.parametrize("day", [date(1924, 7, 31), date(2077, 11, 17), date(9999, 12, 31)])
def test_days_beyond_the_hijri_tables_have_none(day: date) -> None:
    assert format_hijri_day(day, "ar") == ""


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("iPhone 15", '<bdi lang="en">iPhone 15</bdi>'),
        ("15 شهرًا", '<bdi lang="ar">15 شهرًا</bdi>'),
        ("فاتورة iPhone", '<bdi lang="ar">فاتورة iPhone</bdi>'),
        ("电话", "<bdi>电话</bdi>"),
        ("12 % <", "<bdi>12 % &lt;</bdi>"),
        ("", "<bdi></bdi>"),
    ],
)
def test_what_others_wrote_is_marked_with_its_own_language(text: str, marked: str) -> None:
    assert as_run(text) == marked


def test_the_wrong_link_page_in_arabic(client: Client) -> None:
    for page in (
        client.get("/razzbery/pay/x?lang=ar"),
        client.get("/razzbery/pay/x", headers={"Accept-Language": "ar-JO"}),
    ):
        assert "هذا الرابط لا يعمل" in page.content.decode()


def test_the_language_of_one_page_does_not_stay_for_the_next(client: Client, shop: Merchant) -> None:
    path = page_of(owed_bill(shop))
    client.get(path + "?lang=ar")

    assert "Awaiting payment" in client.get(path).content.decode()


def test_months_have_their_levantine_names() -> None:
    assert format_day(date(2025, 12, 31), "ar") == "31 كانون الأول 2025"
    assert format_day(date(2025, 12, 31), "en") == "31 December 2025"


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "مستحقة اليوم"),
        (1, "بقي يوم واحد"),
        (2, "بقي يومان"),
        (3, "بقي 3 أيام"),
        (10, "بقي 10 أيام"),
        (11, "بقي 11 يومًا"),
        (100, "بقي 100 يوم"),
        (-1, "متأخرة يومًا واحدًا"),
        (-2, "متأخرة يومين"),
        (-5, "متأخرة 5 أيام"),
        (-40, "متأخرة 40 يومًا"),
        (-200, "متأخرة 200 يوم"),
    ],
)
def test_days_are_counted_as_arabic_counts(days: int, text: str) -> None:
    today = date(2025, 12, 1)

    with override("ar"):
        assert describe_distance(date.fromordinal(today.toordinal() + days), today=today) == text


@pytest.mark.parametrize(
    ("currency", "language", "text"),
    [
        ("JOD", "en", "1,150.500\u00a0JOD"),
        ("JOD", "ar", "1,150.500\u00a0د.أ"),
        ("SAR", "en", "1,150.50\u00a0SAR"),
        ("SAR", "ar", "1,150.50\u00a0ر.س"),
        ("KWD", "ar", "1,150.500\u00a0د.ك"),
    ],
)
def test_amounts_have_their_currencys_decimals(currency: str, language: str, text: str) -> None:
    assert format_amount_with_currency(Decimal("1150.500"), currency, language) == text


def test_every_currency_has_an_arabic_name() -> None:
    labels = {currency_label(currency, "ar") for currency in ("JOD", "KWD", "BHD", "OMR", "SAR", "AED", "QAR")}

    assert len(labels) == 7
    assert all(not label.isascii() for label in labels)
