"""What the office shows where it cannot show what was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from billing.models import Role
from config.error_pages import server_error
from tests.factories import make_merchant
from tests.staff import make_staff, signed_in

NOWHERE, KEYS = "/admin/nowhere/", "/admin/billing/apikey/"


@pytest.mark.django_db
def test_what_is_refused_or_missing_says_what_happened_and_leads_on() -> None:
    clerk = signed_in(make_staff(make_merchant(), Role.CLERK))
    there = {"HTTP_REFERER": "http://testserver/admin/billing/bill/?q=a", "HTTP_HOST": "testserver"}

    for address, status, said in ((NOWHERE, 404, "There is nothing here"), (KEYS, 403, "You may not do this")):
        answer = clerk.get(address, **there)  # type: ignore[arg-type]
        page = answer.content.decode()
        assert answer.status_code == status
        assert said in page
        assert 'href="/admin/billing/bill/?q=a"' in page
        assert 'href="/admin/"' in page
        assert f'href="/admin/login/?next={address}"' in page
        assert "unsafe-inline" not in page


@pytest.mark.django_db
def test_what_is_missing_is_told_alike_with_debug_and_a_failure_keeps_its_traceback(settings: Any) -> None:
    settings.DEBUG = True
    merchant = make_merchant()
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    for address in (NOWHERE, "/admin/billing/bill/0/change/", "/admin/billing/merchant/999/do/nothing/"):
        answer = clerk.get(address)
        assert answer.status_code == 404
        assert "There is nothing here" in answer.content.decode()
        assert "URLconf" not in answer.content.decode()
    with connection.execute_wrapper(_fail):
        clerk.raise_request_exception = False
        failed = clerk.get("/admin/")
    assert failed.status_code == 500
    assert "Traceback" in failed.content.decode()


def _fail(*args: Any) -> Any:
    raise OSError("the database is gone")


@pytest.mark.django_db
def test_it_is_in_the_readers_language_and_direction() -> None:
    clerk = signed_in(make_staff(make_merchant(), Role.CLERK, language="ar"))

    page = clerk.get(NOWHERE, HTTP_REFERER="https://evil.test/").content.decode()

    assert '<html lang="ar" dir="rtl">' in page
    assert "evil.test" not in page


@pytest.mark.django_db
def test_a_form_that_is_too_old_says_that_nothing_was_saved() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_staff(make_merchant()))

    answer = client.post("/admin/account/end-sessions/")

    assert answer.status_code == 403
    assert "Nothing was saved" in answer.content.decode()


def test_a_failure_is_told_without_the_database() -> None:
    """Without the mark of a test that may use it, any query fails."""
    request = RequestFactory().get("/admin/billing/bill/")
    request.META["REQUEST_ID"] = "0123456789abcdef"

    answer = server_error(request)

    assert answer.status_code == 500
    assert b"0123456789abcdef" in answer.content  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_outside_the_office_nothing_speaks_of_it(client: Client) -> None:
    assert b"office" not in client.get("/nowhere").content
    assert b"office" not in server_error(RequestFactory().get("/shop/pay/x/")).content  # type: ignore[attr-defined]


def test_the_office_is_found_without_its_last_slash(client: Client) -> None:
    assert client.get("/admin").headers["Location"] == "/admin/"
