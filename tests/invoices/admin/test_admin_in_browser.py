"""
The office in a real Chromium, in both languages, light and dark: open to all, within bounds, and led by keys.

Screenshots are written to var/screenshots/office, to be looked at.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from billing.models import ImportFile, Job, Merchant
from invoices.models import Payment, Refund
from tests.factories import make_bill, make_merchant
from tests.infrastructure.axe import violations
from tests.invoices.admin.rows import Rows, make_rows, person_of
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

FOLDER = Path(settings.BASE_DIR) / "var" / "screenshots" / "office"
GRAVE = ("serious", "critical")
MOST_BYTES_OF_A_LIST = 60 * 1024


@pytest.fixture(scope="module")
def desk(chromium: Any) -> Iterator[Any]:
    """One tab for all of them, whose pages let axe in; the policy for scripts is held elsewhere."""
    context = chromium.new_context(bypass_csp=True, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture
def rows() -> Rows:
    return make_rows("mine", phone="0770000001")


def enter(desk: Any, address: str, cookies: dict[str, str]) -> None:
    desk.goto("about:blank")
    desk.context.clear_cookies()
    desk.context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])


def session_of(rows: Rows) -> dict[str, str]:
    name = settings.SESSION_COOKIE_NAME
    return {name: signed_in(person_of(rows)).cookies[name].value}


def screens_of(rows: Rows) -> dict[str, str]:
    of = rows.of
    # A job that still runs loads its page anew every three seconds.
    Job.objects.filter(pk=of[Job].pk).update(status=Job.Status.DONE)
    return {
        "home": reverse("admin:index"),
        "list": f"{reverse('admin:billing_bill_changelist')}?customer={rows.bill.customer_id}&due_from=2025-01-01",
        "document": reverse("admin:billing_bill_change", args=[rows.bill.pk]),
        "confirmation": f"/admin/billing/bill/{rows.bill.pk}/do/cancel/",
        "job": reverse("admin:billing_job_change", args=[of[Job].pk]),
        "import": reverse("admin:billing_importfile_change", args=[of[ImportFile].pk]),
        "settings": reverse("admin:billing_merchant_change", args=[rows.merchant.pk]),
        "report": reverse("admin:report_ageing"),
    }


def flaws(desk: Any, name: str) -> list[str]:
    """What is wider than a desk's or a phone's screen, and what axe finds grave, dark and light."""
    found = []
    for width in (400, 1280):
        desk.set_viewport_size({"width": width, "height": 800})
        overflow = desk.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{name}: {overflow} px wider than {width} px"] * (overflow > 0)
    desk.add_style_tag(content="* { transition: none !important }")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for theme in ("dark", "light"):
        desk.evaluate("theme => { Alpine.$data(document.documentElement).adminTheme = theme; }", theme)
        desk.wait_for_function(
            "dark => document.documentElement.classList.contains('dark') === dark", arg=theme == "dark"
        )
        desk.screenshot(path=str(FOLDER / f"{name}-{theme}.png"))
        only = ("color-contrast",) if theme == "dark" else ()  # nothing else differs
        found += [f"{name}, {theme}: {flaw}" for flaw in violations(desk, impacts=GRAVE, only=only)]
    return found


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_the_screens_are_open_to_all(desk: Any, live_server: Any, rows: Rows, language: str, direction: str) -> None:
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}

    enter(desk, live_server.url, cookies)
    desk.goto(live_server.url + reverse("admin:login"))
    found = flaws(desk, f"sign-in-{language}")

    enter(desk, live_server.url, cookies | session_of(rows))
    for name, path in screens_of(rows).items():
        answer = desk.goto(live_server.url + path)

        assert answer.status == 200, name
        assert desk.locator("html").get_attribute("dir") == direction
        found += flaws(desk, f"{name}-{language}")
    assert not found, "\n".join(found)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_keys_lead_through_the_office_on_an_arabic_keyboard_too(desk: Any, live_server: Any, rows: Rows) -> None:
    enter(desk, live_server.url, session_of(rows))
    desk.goto(live_server.url + reverse("admin:index"))

    desk.keyboard.press("Shift+?")
    desk.wait_for_selector("#office-keys[open]")
    assert violations(desk, impacts=GRAVE) == []
    desk.keyboard.press("Escape")
    desk.wait_for_selector("#office-keys", state="hidden")

    # The key of the slash, where Arabic has a letter.
    desk.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ظ', code: 'Slash', bubbles: true}))")
    box = desk.locator("#search-input-command")
    box.wait_for(state="visible")
    box.press_sequentially("0770000001")
    desk.locator("#command-results-list a", has_text="customer mine").first.wait_for()
    assert violations(desk, impacts=GRAVE) == []
    box.press("Escape")
    box.press("Escape")
    box.wait_for(state="hidden")

    for first in ("#command-results-list .active a", "#search-input-command"):  # marked; not found yet
        desk.goto(live_server.url + reverse("admin:index"))
        desk.keyboard.press("/")
        box.press_sequentially("0770000001")
        desk.locator(first).wait_for()
        box.press("Enter")
        desk.wait_for_url("**" + reverse("admin:billing_customer_change", args=[rows.bill.customer_id]))

    desk.locator("body").press("g")
    desk.keyboard.press("b")
    desk.wait_for_url("**" + reverse("admin:billing_bill_changelist"))
    desk.keyboard.press("/")
    desk.keyboard.type("gb?")
    assert desk.locator("#searchbar").input_value() == "gb?"

    desk.goto(live_server.url + reverse("admin:index"))
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.className") == "office-skip"

    # The person's own menu; the choice outlives the page.
    _choose_theme(desk, "Dark")
    desk.reload()
    desk.wait_for_selector("html.dark")
    _choose_theme(desk, "Light")


def _choose_theme(desk: Any, theme: str) -> None:
    desk.locator("div[role=button]", has_text="person-mine").press("Enter")
    choice = desk.locator("a[role=button]", has_text=theme)
    choice.wait_for(state="visible")
    choice.press("Enter")


def test_a_list_of_fifty_rows_is_light() -> None:
    merchant = make_merchant()
    for number in range(51):
        make_bill(merchant, customer_name=f"ليلى حداد {number}", customer_phone=f"0770{number:06}")

    page = signed_in(make_staff(merchant)).get(reverse("admin:billing_bill_changelist"))

    weight = len(gzip.compress(page.content, 6))
    assert page.content.count(b"data-row") == 50
    assert weight <= MOST_BYTES_OF_A_LIST, f"{weight:,} bytes"
    print(f"a list of 50 bills: {len(page.content):,} bytes, {weight:,} compressed")


def test_an_empty_list_says_what_it_is_for_and_a_search_without_a_hit_does_not() -> None:
    clerk = signed_in(make_staff(make_merchant()))

    empty = clerk.get(reverse("admin:invoices_payment_changelist")).content.decode()
    missed = clerk.get(reverse("admin:invoices_payment_changelist"), {"q": "nobody"}).content.decode()

    assert "Payments through the link arrive by themselves." in empty
    assert "Nothing matches" not in empty
    assert "Nothing matches" in missed
    assert "Payments through the link arrive by themselves." not in missed


def test_another_merchants_rows_do_not_fill_an_empty_list(rows: Rows) -> None:
    stranger = signed_in(make_staff(make_merchant("elsewhere")))

    for model in (Payment, Refund):
        page = stranger.get(reverse(f"admin:invoices_{model._meta.model_name}_changelist")).content.decode()

        assert "Nothing here yet" in page
        assert rows.mark not in page


@pytest.mark.parametrize("is_on", [True, False])
def test_the_strip_of_test_mode_is_shown_while_the_sandbox_is_on(settings: Any, is_on: bool) -> None:
    settings.SANDBOX_GATEWAY = is_on
    merchant: Merchant = make_merchant()

    page = signed_in(make_staff(merchant)).get(reverse("admin:index")).content.decode()

    assert ("office-test-mode" in page) is is_on
