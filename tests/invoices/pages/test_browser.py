"""Every state of the pages in a real Chromium, on a phone and wide, in both languages; screenshots in var/."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from billing.models import Merchant
from invoices.pages.states import State
from tests.invoices.pages.documents import make_shop, owed_bill, page_of, send_invoice
from tests.invoices.pages.gallery import MAKERS, due_installment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOLDER = Path(settings.BASE_DIR) / "var" / "screenshots" / "pages"
ARABIC = {
    "customer_name": "ليلى حداد",
    "service_type": "فاتورة المياه",
    "description": "استهلاك شهر تشرين الثاني، العداد رقم 4471",
}


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def requested(page: Any) -> Iterator[list[str]]:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


def _look_at(page: Any, address: str, name: str, *, width: int, scheme: str = "light") -> None:
    page.set_viewport_size({"width": width, "height": 780})
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{name} is {overflow} px wider than the screen"
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(FOLDER / f"{name}-{width}-{scheme}.png"), full_page=True)


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_state_fits_a_phone(page: Any, live_server: Any, shop: Merchant, state: State, language: str) -> None:
    address = live_server.url + page_of(MAKERS[state](shop)) + f"?lang={language}"

    _look_at(page, address, f"{state.value}-{language}", width=360)

    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    small = page.locator("a, button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).filter(box => box.height < 44 || box.width < 44).length"
    )
    assert small == 0


@pytest.mark.parametrize("language", ["en", "ar"])
def test_wide_and_dark_and_narrow(page: Any, live_server: Any, shop: Merchant, language: str) -> None:
    address = live_server.url + page_of(owed_bill(shop, **ARABIC)) + f"?lang={language}"

    _look_at(page, address, f"owed-arabic-bill-{language}", width=1200)
    _look_at(page, address, f"owed-arabic-bill-{language}", width=360, scheme="dark")
    _look_at(page, address, f"owed-arabic-bill-{language}", width=320)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_extreme_texts_fit(page: Any, live_server: Any, language: str) -> None:
    shop = make_shop(name_en="W" * 200, name_ar="م" * 200)
    bill = owed_bill(
        shop,
        customer_name="<script>alert(1)</script> " + "ل" * 150,
        service_type="x" * 200,
        description="word " * 300,
        amount="999999999.999",
    )

    _look_at(page, live_server.url + page_of(bill) + f"?lang={language}", f"extreme-{language}", width=320)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_installment_and_the_pages_around(page: Any, live_server: Any, shop: Merchant, language: str) -> None:
    installment = due_installment(shop)
    send_invoice(installment)
    base = live_server.url

    _look_at(page, base + page_of(installment) + f"?lang={language}", f"installment-{language}", width=360)
    _look_at(page, f"{base}/razzbery/pay/nothing?lang={language}", f"unknown-link-{language}", width=360)
    waiting = f"{base}/razzbery/gateway/checking/{'b' * 32}"
    _look_at(page, f"{waiting}?lang={language}", f"checking-{language}", width=360)
    _look_at(page, f"{waiting}?n=30&lang={language}", f"checking-later-{language}", width=360)


def test_only_our_own_addresses_are_asked(page: Any, live_server: Any, shop: Merchant, requested: list[str]) -> None:
    page.goto(live_server.url + page_of(owed_bill(shop)))

    assert requested
    assert all(address.startswith((live_server.url, "data:")) for address in requested)
    assert page.context.cookies() == []
