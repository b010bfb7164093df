"""The button leads to the gateway's link, and only there; nobody else's form does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Merchant
from invoices.models import DeliveryAttempt, Invoice
from invoices.pages.states import State
from tests.invoices.pages.documents import GATEWAY_LINK, change_invoice, form_of, owed_bill, page_of, press
from tests.invoices.pages.gallery import MAKERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(shop: Merchant) -> Bill:
    return owed_bill(shop)


def test_the_button_leads_to_the_gateway(client: Client, bill: Bill) -> None:
    path = page_of(bill)

    answer = press(client, path, form_of(client, path))

    assert (answer.status_code, answer["Location"]) == (303, GATEWAY_LINK)
    assert answer.cookies == {}


def test_it_works_with_a_slash_and_a_language_too(client: Client, bill: Bill) -> None:
    path = page_of(bill) + "/?lang=ar"

    assert press(client, path, form_of(client, path)).status_code == 303


def test_extra_parameters_change_nothing(client: Client, bill: Bill) -> None:
    path = page_of(bill)
    form = form_of(client, path) | {"amount": "0.001", "merchant": "evil", "currency": "SAR", "next": "//evil.test"}

    answer = press(client, path + "?next=//evil.test&amount=0.001", form)

    assert answer["Location"] == GATEWAY_LINK
    assert "150.500" in client.get(path + "?amount=0.001").content.decode()


@pytest.mark.parametrize("state", [each for each in State if not each.is_payable], ids=lambda state: state.value)
def test_pressing_in_another_state_leads_nowhere(client: Client, shop: Merchant, bill: Bill, state: State) -> None:
    form_while_open = form_of(client, page_of(bill))
    Invoice.objects.all().delete()
    Bill.objects.all().delete()
    path = page_of(MAKERS[state](shop))

    answer = press(client, path, form_while_open)

    assert answer.status_code in (403, 409)
    assert "Location" not in answer


def test_pressing_after_it_was_paid_meanwhile_shows_that(client: Client, bill: Bill) -> None:
    path = page_of(bill)
    form = form_of(client, path)
    Bill.objects.update(status="PAID", amount_paid=bill.amount, paid_at=timezone.now())

    answer = press(client, path, form)

    assert answer.status_code == 409
    assert "Your payment has arrived." in answer.content.decode()


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "//evil.test/pay",
        "https://evil.test/pay",
        "http://pay.gateway.test.evil.test/",
        "https://pay.gateway.test@evil.test/",
        "https://evil.test\\@pay.gateway.test/",
        "https://pay.gateway.test\r\nSet-Cookie: a=b",
        "ftp://pay.gateway.test/",
        "data:text/html,x",
        "/relative",
        " https://pay.gateway.test/",
        "",
    ],
)
def test_a_link_elsewhere_is_never_followed(client: Client, bill: Bill, link: str) -> None:
    path = page_of(bill)
    form = form_of(client, path)
    change_invoice(bill, gateway_url=link)

    shown, pressed = client.get(path), press(client, path, form)

    for answer in (shown, pressed):
        text = answer.content.decode()
        assert "Paying is not possible right now" in text
        assert "tel:065000000" in text
        assert "evil" not in text
    assert pressed.status_code == 409
    assert "Location" not in pressed


def test_plain_http_only_where_settings_allow_it(client: Client, bill: Bill, settings: Any) -> None:
    change_invoice(bill, gateway_url="http://pay.gateway.test/i/1")
    path = page_of(bill)
    form = form_of(client, path)
    assert press(client, path, form)["Location"] == "http://pay.gateway.test/i/1"

    settings.GATEWAY_ALLOW_PRIVATE = False

    assert press(client, path, form).status_code == 409


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused(client: Client, bill: Bill, method: str) -> None:
    assert getattr(client, method)(page_of(bill)).status_code == 405


def test_looking_at_a_page_changes_nothing(client: Client, bill: Bill) -> None:
    before = list(Bill.objects.values()), list(Invoice.objects.values())

    for agent in ("WhatsApp/2.23", "TelegramBot (like TwitterBot)", "Microsoft Office Outlook", "Mozilla/5.0"):
        head = client.head(page_of(bill), headers={"User-Agent": agent, "Purpose": "prefetch"})
        assert (head.status_code, head.content) == (200, b"")
        assert client.get(page_of(bill), headers={"User-Agent": agent}).status_code == 200

    assert (list(Bill.objects.values()), list(Invoice.objects.values())) == before
    assert DeliveryAttempt.objects.count() == 0
