"""The way in, in a real Chromium: password, phone, paper, and what is a person's own; screenshots in var/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from billing.access.invitations import invite, token_of
from billing.models import Role
from tests.billing.access.door import code_of, with_password
from tests.factories import make_merchant
from tests.staff import PASSWORD, make_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOLDER = Path(settings.BASE_DIR) / "var" / "screenshots" / "door"
WIDE, PHONE = 1280, 390


def look_at(page: Any, name: str, language: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name} is {overflow} px wider than the screen"
        page.screenshot(path=str(FOLDER / f"{name}-{language}-{width}.png"), full_page=True)


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_a_person_sets_up_a_phone_and_comes_in(
    page: Any, live_server: Any, settings: Any, language: str, scheme: str
) -> None:
    settings.ADMIN_REQUIRES_OTP = True
    merchant = make_merchant(name_ar="رازبيري")
    user = with_password(make_staff(merchant, Role.OWNER, first_name="رنا", last_name="حداد"))
    invitation = invite(
        merchant=merchant,
        email="new@example.com",
        role=Role.CLERK,
        language=language,
        network="",
        actor="system",
        now=timezone.now(),
    )
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Security Policy" in message.text else None)
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.emulate_media(color_scheme=scheme)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])

    def open_page(path: str, name: str) -> None:
        page.goto(live_server.url + path)
        look_at(page, name, language)

    open_page("/admin/door/forgotten/", "forgotten")
    open_page(f"/admin/door/invitation/{token_of(invitation)}/", "invitation")
    open_page("/admin/login/?next=/admin/account/", "login")
    page.fill("#id_username", user.username)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.wait_for_selector(".office-door-picture svg")
    look_at(page, "enrol", language)
    page.fill("#id_code", code_of(TOTPDevice.objects.get()))
    page.click(".office-door form button.office-button-primary")
    page.wait_for_selector(".office-door-codes")
    look_at(page, "codes", language)
    page.click("a.office-door-button")
    page.wait_for_selector(".office-table")
    look_at(page, "account", language)
    for path, name in (
        ("/admin/who-may/", "who-may"),
        ("/admin/billing/invitation/add/", "invite"),
        ("/admin/billing/invitation/", "invitations"),
        (f"/admin/billing/merchant/{merchant.pk}/history/", "changes"),
        ("/admin/door/paper/", "paper"),
    ):
        open_page(path, name)
    page.context.clear_cookies(name="sessionid")
    open_page("/admin/login/", "login")
    page.fill("#id_username", user.username)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.wait_for_selector("#id_code")
    look_at(page, "code", language)

    assert refused == []
