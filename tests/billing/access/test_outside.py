"""What stands around the door: cookies, headers, and addresses that are not there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.billing.access.door import CODE, phone_of, sign_in, with_password
from tests.factories import make_merchant
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

DOOR = ["/admin/login/", "/admin/door/forgotten/", "/admin/door/invitation/x/"]


def test_no_page_of_the_door_may_be_framed_or_load_from_elsewhere(client: Client) -> None:
    for address in DOOR:
        headers = client.get(address).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "script-src 'self' 'unsafe-eval'" in headers["Content-Security-Policy"]
        assert "no-store" in headers["Cache-Control"]


def test_the_door_can_be_read_in_the_other_language(client: Client) -> None:
    for address in DOOR:
        page = client.get(f"{address}?next=/admin/").content.decode()
        assert f'name="next" value="{address}?next=/admin/"' in page
        assert '<button type="submit" name="language" value="ar" lang="ar"' in page

    answer = client.post("/i18n/setlang/", {"next": DOOR[0], "language": "ar"})

    assert answer.headers["Location"] == DOOR[0]
    assert 'dir="rtl"' in client.get(DOOR[0]).content.decode()


def test_the_sessions_cookie_is_for_our_server_alone(client: Client, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True

    cookie = sign_in(client, with_password(make_staff(make_merchant()))).cookies["sessionid"]

    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")


@pytest.mark.parametrize(
    "address",
    [CODE, "/admin/account/end-sessions/", "/admin/door/forgotten/", "/admin/login/", "/admin/password_change/"],
)
def test_every_form_needs_its_token(address: str) -> None:
    user = make_staff(make_merchant())
    phone_of(user)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    assert client.post(address, {"code": "123456", "email": "a@example.com"}).status_code == 403


def test_who_is_not_signed_in_meets_the_sign_in_page_everywhere(client: Client) -> None:
    for address in (CODE, "/admin/door/phone/", "/admin/door/paper/", "/admin/account/", "/admin/who-may/"):
        assert client.get(address, follow=True).redirect_chain[-1][0].startswith("/admin/login/")


@pytest.mark.parametrize(
    "address",
    ["/admin/doc/", "/__debug__/", "/api-auth/login/", "/schema/", "/metrics", "/.git/config", "/static/../manage.py"],
)
def test_what_is_not_meant_to_be_there_is_not(address: str) -> None:
    client = signed_in(make_staff(make_merchant()))

    assert client.get(address, follow=True).status_code == 404


def test_customers_pages_know_nothing_of_sessions(client: Client) -> None:
    answer = client.get("/pay/no-such-link/")

    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.cookies
