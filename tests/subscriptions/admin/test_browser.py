"""Changing a plan in a real Chromium, in both languages, wide and on a phone; screenshots in var/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from billing.models import Role
from subscriptions.models import Subscription
from tests.factories import make_merchant, make_subscription
from tests.staff import make_staff, signed_in
from tests.subscriptions.admin.office import ADD, page_of, url_of
from tests.subscriptions.plans import make_past

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOLDER = Path(settings.BASE_DIR) / "var" / "screenshots" / "plans"
WIDE, PHONE = 1280, 390


@pytest.fixture
def plan() -> Subscription:
    plan = make_subscription(make_merchant(name_ar="رازبيري"), customer_name="ليلى حداد")
    make_past(plan, 1, status="PAID", amount_paid="100", paid_at=timezone.now())
    make_past(plan, 2)
    return plan


def open_as_manager(page: Any, live_server: Any, plan: Subscription, language: str) -> None:
    client = signed_in(make_staff(plan.merchant, Role.MANAGER))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    for name, value in ((settings.SESSION_COOKIE_NAME, session), (settings.LANGUAGE_COOKIE_NAME, language)):
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])


def look_at(page: Any, name: str, language: str, *, width: int = WIDE) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{name} is {overflow} px wider than the screen"
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(FOLDER / f"{name}-{language}-{width}.png"), full_page=True)


def confirm(page: Any, form: str, *, then: str) -> None:
    """Press the form's first button, and wait for the page it leads to."""
    page.click(f"{form} button[type=submit] >> nth=0")
    page.wait_for_selector(then)
    page.wait_for_load_state()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_amount_is_changed_after_both_schedules_were_seen(
    page: Any, live_server: Any, plan: Subscription, language: str
) -> None:
    open_as_manager(page, live_server, plan, language)
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto(live_server.url + page_of(plan))
    look_at(page, "plan", language)

    page.goto(live_server.url + url_of(plan, "terms"))
    page.fill("[name=amount]", "70")
    page.select_option("[name=payment_day]", "31")
    look_at(page, "form", language)
    confirm(page, ".office-confirm", then=".office-rehearsal")
    look_at(page, "rehearsal", language)
    look_at(page, "rehearsal", language, width=PHONE)
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert page.locator(".office-rehearsal-changed").count() == 15

    page.click("[name=again]")
    page.wait_for_selector(".office-confirm")
    assert page.input_value("[name=amount]") == "70"
    page.fill("[name=amount]", "80")
    confirm(page, ".office-confirm", then=".office-rehearsal")
    confirm(page, ".office-rehearsal", then=".office-columns")
    page.set_viewport_size({"width": WIDE, "height": 900})
    look_at(page, "done", language)

    assert plan.installments.count() == 2 + 13
    assert set(plan.installments.filter(sequence__range=(3, 14)).values_list("amount", flat=True)) == {80}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_subscription_is_made_after_its_dates_were_seen(
    page: Any, live_server: Any, plan: Subscription, language: str
) -> None:
    open_as_manager(page, live_server, plan, language)
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto(live_server.url + ADD)
    look_at(page, "new", language, width=PHONE)
    page.set_viewport_size({"width": WIDE, "height": 900})

    page.fill("[name=find]", "سلمى الجديدة")
    page.wait_for_function("document.querySelector('[name=customer_name]').value === 'سلمى الجديدة'")
    page.fill("[name=customer_phone]", "0790000077")
    page.fill("[name=product_name]", "iPhone 15 Pro Max")
    page.fill("[name=total_amount]", "1000")
    page.fill("[name=amount]", "300")
    page.select_option("[name=payment_day]", "31")
    page.wait_for_selector("#office-dates tbody tr:nth-child(4)")
    look_at(page, "new", language)
    page.click(".office-new .office-button-primary")
    page.wait_for_selector(".office-rehearsal")
    look_at(page, "new-dates", language)
    confirm(page, ".office-rehearsal", then=".office-columns")

    made = plan.merchant.subscriptions.exclude(pk=plan.pk).get()
    assert made.auto_generate_invoices
    assert made.anchor_date.month == timezone.localdate().month
    assert list(made.installments.order_by("sequence").values_list("amount", flat=True)) == [300, 300, 300, 100]
    assert made.customer_name == "سلمى الجديدة"


def test_rows_of_payments_are_added_and_taken_out_and_their_dates_follow(
    page: Any, live_server: Any, plan: Subscription
) -> None:
    open_as_manager(page, live_server, plan, "en")
    page.goto(live_server.url + ADD)
    page.select_option("[name=type]", "CUSTOM_SCHEDULE")
    rows = page.locator(".office-payment-rows tbody tr")
    before = rows.count()

    page.click("[data-add-row]")
    for place, amount in ((0, "10"), (before, "20"), (1, "99")):
        rows.nth(place).locator("[type=date]").fill(f"2031-0{place + 1}-15")
        rows.nth(place).locator("[inputmode=decimal]").fill(amount)
    page.wait_for_selector("#office-dates tbody tr:nth-child(3)")
    rows.nth(1).locator("[data-take-row]").click()
    page.wait_for_selector("#office-dates tbody tr:nth-child(3)", state="detached")
    look_at(page, "new-custom", "en")
    look_at(page, "new-custom", "en", width=PHONE)

    assert rows.count() == before
    assert [cell.split()[-1] for cell in page.locator("#office-dates tbody .office-money").all_inner_texts()] == [
        "10.000",
        "20.000",
    ]
