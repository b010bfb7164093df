"""Only this page's own form, sent from here and not too long ago, is accepted: there is no cookie to tell (Y05)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Merchant
from tests.invoices.pages.documents import form_in, form_of, owed_bill, page_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(shop: Merchant) -> Bill:
    return owed_bill(shop)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
def test_our_own_page_is_recognised(client: Client, bill: Bill, headers: dict[str, str]) -> None:
    path = page_of(bill)

    assert press(client, path, form_of(client, path), **headers).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.test"},
        {"Origin": ""},
    ],
)
def test_another_sites_form_is_refused(client: Client, bill: Bill, headers: dict[str, str]) -> None:
    path = page_of(bill)

    answer = press(client, path, form_of(client, path), **headers)

    assert answer.status_code == 403
    assert "Location" not in answer


def test_a_form_without_this_pages_own_token_is_refused(client: Client, bill: Bill, shop: Merchant) -> None:
    path = page_of(bill)
    of_another_page = form_of(client, page_of(owed_bill(shop)))
    right = form_of(client, path)["form"]
    forms = [
        {},
        *({"form": form, "act": "pay"} for form in ("", "pay", "x" * 5000, "é\x00")),
        of_another_page,
        {"form": right},
        {"form": right, "act": "not-me"},
        {"form": right, "act": "everything"},
        {"form": form_of(client, path, "not-me")["form"], "act": "pay"},
    ]

    for form in forms:
        answer = press(client, path, form)
        assert answer.status_code == 403
        assert "Please press the button again." in answer.content.decode()


def test_a_page_left_open_for_hours_asks_to_press_again(client: Client, bill: Bill) -> None:
    path = page_of(bill)
    form = form_of(client, path)

    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1), tick=True):
        refused = press(client, path, form)
        accepted = press(client, path, form_in(refused.content.decode()))

    assert (refused.status_code, accepted.status_code) == (403, 303)


def test_uploads_are_refused_unread(client: Client, bill: Bill) -> None:
    path = page_of(bill)

    assert client.post(path, form_of(client, path)).status_code == 403  # multipart
    assert client.post(path, "{}", content_type="application/json").status_code == 403
    assert client.post(path, b"x" * 5000, content_type="application/x-www-form-urlencoded").status_code == 403
