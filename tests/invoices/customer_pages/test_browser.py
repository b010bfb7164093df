"""
A customer's page in a real Chromium, in both languages: legible, reachable, within bounds, one payment after the other.

Screenshots are written to var/screenshots/customer_pages, to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from billing.models import Customer, Merchant
from tests.infrastructure.axe import violations
from tests.invoices.customer_pages.dues import cash_for, list_of, three_dues
from tests.invoices.pages.documents import make_shop, owed_bill, paid, part_paid

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOLDER = Path(settings.BASE_DIR) / "var" / "screenshots" / "customer_pages"
HELP = {"help_whatsapp": "+962790000000", "shows_hijri_date": True}
SMALL = """all => all.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect())
    .filter(box => box.height < 44 || box.width < 44).length"""


@pytest.fixture
def shop() -> Merchant:
    return make_shop(**HELP)


@pytest.fixture
def customer(shop: Merchant) -> Customer:
    """With a payment in the statement beside the three dues, and names in both scripts."""
    customer = three_dues(shop, customer_name="ليلى حداد")
    bill = paid(owed_bill(shop, days=-40, service_type="فاتورة المياه", customer_name="ليلى حداد"))
    cash_for(bill, bill.amount)
    part_paid(shop.bills.get(service_type="Internet"), Decimal("10.250"))
    return customer


@pytest.fixture(scope="module")
def phone(chromium: Any) -> Iterator[Any]:
    """A tab whose pages let axe in."""
    context = chromium.new_context(bypass_csp=True, viewport={"width": 360, "height": 780})
    yield context.new_page()
    context.close()


def look(page: Any, name: str, *, width: int = 360, scheme: str = "light") -> None:
    page.set_viewport_size({"width": width, "height": 780})
    page.emulate_media(color_scheme=scheme)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{name} is {overflow} px wider than the screen"
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(FOLDER / f"{name}-{width}-{scheme}.png"), full_page=True)


def check_access(page: Any, name: str) -> None:
    """With the statement open: by axe on this width, then on the narrowest with text of twice the size."""
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert violations(page) == [], name
    assert page.locator("a, button, summary, input:not([type=hidden])").evaluate_all(SMALL) == 0, name
    page.set_viewport_size({"width": 320, "height": 780})
    page.add_style_tag(content=":root { font-size: 200% }")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{name} at 320 px with text of twice the size"
    assert violations(page) == [], f"{name} at 320 px with text of twice the size"


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_the_list_is_open_to_all(
    phone: Any, live_server: Any, customer: Customer, language: str, direction: str
) -> None:
    phone.goto(f"{live_server.url}{list_of(customer)}?lang={language}")

    html = phone.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == (language, direction)
    look(phone, f"list-{language}")
    look(phone, f"list-{language}", scheme="dark")
    phone.locator("summary").click()
    look(phone, f"statement-{language}")
    look(phone, f"statement-{language}", width=1200)
    phone.set_viewport_size({"width": 360, "height": 780})
    check_access(phone, f"list {language}")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_question_is_open_to_all(phone: Any, live_server: Any, customer: Customer, language: str) -> None:
    Merchant.objects.update(asks_phone_digits=True)
    phone.goto(f"{live_server.url}{list_of(customer)}?lang={language}")
    look(phone, f"question-{language}")

    phone.locator("#digits").fill("123")
    phone.locator("button").click()
    phone.get_by_role("alert").wait_for()
    look(phone, f"question-wrong-{language}")
    check_access(phone, f"question {language}")

    phone.locator("#digits").fill("٠٧١")
    phone.locator("button").click()
    phone.locator(".dues").wait_for()
    assert "visit=c." in phone.url
    assert phone.context.cookies() == []


def test_nothing_open_and_extreme_texts_fit(phone: Any, live_server: Any) -> None:
    shop = make_shop(name_en="W" * 200, name_ar="م" * 200, **HELP)
    bill = owed_bill(shop, service_type="x" * 200, customer_name="ل" * 200, amount=Decimal("999999999.999"))
    for language in ("en", "ar"):
        phone.goto(f"{live_server.url}{list_of(bill.customer)}?lang={language}")
        look(phone, f"extreme-{language}", width=320)
        check_access(phone, f"extreme {language}")
    paid(bill)

    phone.goto(f"{live_server.url}{list_of(bill.customer)}?lang=en")

    look(phone, "nothing-open-en")
    check_access(phone, "nothing open")


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])
def test_one_after_the_other(chromium: Any, live_server: Any, customer: Customer, with_script: bool) -> None:
    context = chromium.new_context(java_script_enabled=with_script, viewport={"width": 360, "height": 780})
    page, requested = context.new_page(), []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{live_server.url}{list_of(customer)}?lang=en")

    page.get_by_role("link", name="Pay Water Bill").click()
    page.get_by_role("heading", name="Water Bill").wait_for()
    page.get_by_role("link", name="2 more open: next").click()
    page.get_by_role("heading", name="All your open payments").wait_for()

    assert all(address.startswith((live_server.url, "data:")) for address in requested)
    assert context.cookies() == []
    context.close()


def test_printed_it_is_a_statement(page: Any, live_server: Any, customer: Customer) -> None:
    page.goto(f"{live_server.url}{list_of(customer)}?lang=en")

    page.emulate_media(media="print")

    assert page.get_by_text("Balance today").is_visible()
    for hidden in (".dues .button", ".languages", "summary"):
        assert all(not one.is_visible() for one in page.locator(hidden).all()), hidden
