"""A link that expired: its own page has a new one sent, at intervals, and says so without sending twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Customer, Merchant
from invoices.models import Invoice
from invoices.pages.states import State
from tests.invoices.pages.documents import change_invoice, form_of, owed_bill, page_of, press, today_of
from tests.invoices.pages.gallery import MAKERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(shop: Merchant) -> Bill:
    return MAKERS[State.EXPIRED](shop)


def kill_last_link(bill: Bill) -> None:
    Invoice.objects.filter(bill=bill, status="OPEN").update(
        status="EXPIRED", expires_on=today_of(bill.merchant) - timedelta(days=1)
    )


def test_it_is_sent_and_the_page_goes_on_with_it(client: Client, bill: Bill) -> None:
    path = page_of(bill) + "?lang=ar"

    answer = press(client, path, form_of(client, path, "new-link"))

    assert (answer.status_code, answer["Location"]) == (303, "?lang=ar&said=new-link-sent")
    assert answer.cookies == {}
    assert list(Invoice.objects.order_by("issue_no").values_list("issue_no", "status")) == [(1, "EXPIRED"), (2, "OPEN")]
    after = client.get(page_of(bill) + "?said=new-link-sent").content.decode()
    assert "A new link is on its way to the phone on file." in after
    assert "Being prepared" in after


def test_the_phone_it_goes_to_is_named(client: Client, bill: Bill) -> None:
    assert 'It goes to the phone <bdi dir="ltr">07•••••071</bdi>' in client.get(page_of(bill)).content.decode()


def test_pressing_twice_sends_one(client: Client, bill: Bill) -> None:
    path = page_of(bill)
    form = form_of(client, path, "new-link")

    press(client, path, form)
    again = press(client, path, form)

    assert again.status_code == 303
    assert Invoice.objects.count() == 2


def test_too_soon_says_when(client: Client, bill: Bill) -> None:
    noon = datetime.fromisoformat("2026-03-02T12:00:00+03:00")
    path = page_of(bill)
    with time_machine.travel(noon, tick=False):
        change_invoice(bill, status="EXPIRED", expires_on=noon.date() - timedelta(days=1))
        press(client, path, form_of(client, path, "new-link"))
        kill_last_link(bill)

    with time_machine.travel(noon + timedelta(minutes=3), tick=False):
        answer = press(client, path, form_of(client, path, "new-link"))
        text = client.get(path + answer["Location"]).content.decode()

    assert "The next one can be sent from 12:10 on." in text
    assert Invoice.objects.count() == 2


@pytest.mark.parametrize("stated", ["", "x", "9" * 12, "0", "-5", "١٢"])
def test_a_made_up_time_is_not_repeated(client: Client, bill: Bill, stated: str) -> None:
    text = client.get(f"{page_of(bill)}?said=too-soon&from={stated}").content.decode()

    assert "A new link was sent a short while ago. Please look at your messages." in text


def test_what_was_never_said_is_not_repeated(client: Client, bill: Bill) -> None:
    text = client.get(f"{page_of(bill)}?said=%3Cb%3Eyou+won").content.decode()

    assert "you won" not in text
    assert 'class="notice' not in text


def test_a_stopped_phone_gets_none_but_the_page_leads_on(client: Client, bill: Bill) -> None:
    Customer.objects.update(messages_stopped_at=timezone.now())
    path = page_of(bill)
    assert "It goes to the phone" not in client.get(path).content.decode()

    answer = press(client, path, form_of(client, path, "new-link"))

    assert answer["Location"] == "?said=new-link-here"
    assert Invoice.objects.get(issue_no=2).channel == "LINK"


def test_only_a_dead_link_offers_it(client: Client, shop: Merchant) -> None:
    offering = {state for state in State if "new-link" in client.get(page_of(MAKERS[state](shop))).content.decode()}

    assert offering == {State.EXPIRED}


def test_the_form_of_an_expired_page_does_nothing_to_a_live_one(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)
    path = page_of(bill)
    Invoice.objects.update(status="EXPIRED")
    form = form_of(client, path, "new-link")
    Invoice.objects.update(status="OPEN")

    press(client, path, form)

    assert Invoice.objects.count() == 1
