"""
Every state of the pages in a real Chromium, in both languages, on phones and wide: legible, reachable, within bounds.

Screenshots are written to var/screenshots/pages, to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from billing.models import Merchant
from invoices.pages.states import State
from tests.infrastructure.axe import violations
from tests.invoices.pages.documents import make_shop, owed_bill, page_of, paid, send_invoice
from tests.invoices.pages.gallery import MAKERS, due_installment, replaced_link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOLDER = Path(settings.BASE_DIR) / "var" / "screenshots" / "pages"
HELP = {"help_whatsapp": "+962790000000", "shows_hijri_date": True}
ARABIC = {
    "customer_name": "ليلى حداد",
    "service_type": "فاتورة المياه",
    "description": "استهلاك شهر تشرين الثاني، العداد رقم 4471",
}
# What is inside a sentence may be smaller, by WCAG 2.5.8 too; nothing of ours is.
TARGETS = "a, button, summary"
SMALL = """all => all.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect())
    .filter(box => box.height < 44 || box.width < 44).length"""


@pytest.fixture
def shop() -> Merchant:
    return make_shop(**HELP)


@pytest.fixture(scope="module")
def phone(chromium: Any) -> Iterator[Any]:
    """One tab for all of them, whose pages let axe in; what they load is still held to their policy elsewhere."""
    context = chromium.new_context(bypass_csp=True, viewport={"width": 360, "height": 780})
    yield context.new_page()
    context.close()


def look(page: Any, address: str, name: str, *, width: int = 360, scheme: str = "light") -> None:
    """As it is first shown, without a look that follows by itself; the picture is kept."""
    page.set_viewport_size({"width": width, "height": 780})
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    fits(page, name)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(FOLDER / f"{name}-{width}-{scheme}.png"), full_page=True)


def fits(page: Any, name: str) -> None:
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{name} is {overflow} px wider than the screen"


def check_access(page: Any, name: str) -> None:
    """With every detail open: by axe on this width, then on the narrowest with text of twice the size."""
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert violations(page) == [], name
    assert page.locator(TARGETS).evaluate_all(SMALL) == 0, name
    page.set_viewport_size({"width": 320, "height": 780})
    page.add_style_tag(content=":root { font-size: 200% }")
    fits(page, f"{name} at 320 px with text of twice the size")
    assert violations(page) == [], f"{name} at 320 px with text of twice the size"


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
def test_each_state_is_open_to_all(phone: Any, live_server: Any, shop: Merchant, state: State) -> None:
    path = page_of(MAKERS[state](shop))

    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        name = f"{state.value}-{language}"
        look(phone, f"{live_server.url}{path}?lang={language}", name)

        html = phone.locator("html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == (language, direction)
        check_access(phone, name)


def test_the_pages_around_are_open_to_all(phone: Any, live_server: Any, shop: Merchant) -> None:
    installment = due_installment(shop)
    send_invoice(installment)
    waiting = f"/razzbery/gateway/checking/{'b' * 32}"
    paths = {
        "installment": page_of(installment) + "?said=not-me",
        "replaced": replaced_link(shop) + "?said=sent-today",
        "unknown-link": "/razzbery/pay/nothing?",
        "checking": f"{waiting}?",
        "checking-later": f"{waiting}?n=12",
    }

    for name, path in paths.items():
        for language in ("en", "ar"):
            look(phone, f"{live_server.url}{path}&lang={language}", f"{name}-{language}")
            check_access(phone, f"{name}-{language}")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_wide_and_dark_and_narrow(phone: Any, live_server: Any, shop: Merchant, language: str) -> None:
    address = f"{live_server.url}{page_of(owed_bill(shop, **ARABIC))}?lang={language}"

    look(phone, address, f"arabic-bill-{language}", width=1200)
    assert phone.locator(".qr").is_visible()
    look(phone, address, f"arabic-bill-{language}", scheme="dark")
    assert not phone.locator(".qr").is_visible()
    check_access(phone, f"dark {language}")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_extreme_texts_fit(phone: Any, live_server: Any, language: str) -> None:
    shop = make_shop(name_en="W" * 200, name_ar="م" * 200, **HELP)
    bill = owed_bill(
        shop,
        customer_name="<script>alert(1)</script> " + "ل" * 150,
        service_type="x" * 200,
        description="word " * 300,
        amount="999999999.999",
    )

    look(phone, f"{live_server.url}{page_of(bill)}?lang={language}", f"extreme-{language}", width=320)
    check_access(phone, f"extreme {language}")


def test_printed_it_is_a_document(page: Any, live_server: Any, shop: Merchant) -> None:
    page.goto(live_server.url + page_of(paid(owed_bill(shop))) + "?lang=en")

    page.emulate_media(media="print")

    assert page.get_by_text("Bill number").is_visible()
    for hidden in ("form", ".links", ".languages", "summary"):
        assert all(not one.is_visible() for one in page.locator(hidden).all()), hidden


def test_only_our_own_addresses_are_asked_and_few(page: Any, live_server: Any, shop: Merchant) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    address = live_server.url + page_of(owed_bill(shop))

    page.goto(address)

    own = [f"{live_server.url}/static/pages/{name}" for name in ("pages.css", "pages.js")]
    assert sorted(one for one in requested if one != "data:,") == sorted([address, *own])
    blocking = page.evaluate(
        "performance.getEntriesByType('resource').filter(one => one.renderBlockingStatus === 'blocking').length"
    )
    assert blocking == 1
    assert page.context.cookies() == []


def test_a_page_that_waits_asks_politely_and_moves_on_when_something_changed(
    page: Any, live_server: Any, shop: Merchant
) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(f"{request.resource_type} {request.url.rpartition('/')[2]}"))
    bill = MAKERS[State.PREPARING](shop)
    path = page_of(bill)
    page.goto(live_server.url + path + "?lang=en")
    page.locator("main[data-next='?n=2&lang=en']").wait_for(timeout=30_000)

    send_invoice(bill)

    page.get_by_role("button", name="Pay").wait_for(timeout=30_000)
    token = path.rpartition("/")[2]
    assert f"fetch {token}?n=1&lang=en" in requested
    assert [one for one in requested if one.startswith("document")] == [
        f"document {token}?lang=en",
        f"document {page.url.rpartition('/')[2]}",
    ]
