"""The page belongs to the bill or installment: in each of its states it says so in words, and what to do next."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from billing.models import Merchant
from invoices.documents.invoice import describe_status
from invoices.pages.states import State
from tests.invoices.pages.documents import (
    change_invoice,
    make_shop,
    owed_bill,
    page_of,
    paid,
    send_invoice,
    today_of,
)
from tests.invoices.pages.gallery import MAKERS, due_installment

pytestmark = pytest.mark.django_db

WORDS = {
    State.OWED: ("Awaiting payment", "3 days left"),
    State.OVERDUE: ("Overdue", "5 days late"),
    State.PARTLY_PAID: ("Partly paid", "Paid so far"),
    State.UPCOMING: ("Not open for payment yet", "You will receive a message when you can pay."),
    State.PREPARING: ("Being prepared", "It usually takes less than a minute."),
    State.PROCESSING: ("Payment is being checked", "Please do not pay a second time."),
    State.PAID: ("Paid", "Thank you. Your payment has arrived."),
    State.REFUNDED: ("Refunded", "This amount was given back to you. There is nothing to pay."),
    State.CANCELLED: ("Cancelled", "There is nothing to pay here any more."),
    State.EXPIRED: ("Link expired", "Send me a new link"),
    State.WITHDRAWN: ("Link no longer valid", "Please ask the merchant for a new link."),
    State.UNAVAILABLE: ("Paying is not possible right now", "ask the merchant how to pay"),
}


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.value)
def test_each_state_says_what_it_is_and_what_to_do(client: Client, shop: Merchant, state: State) -> None:
    page = client.get(page_of(MAKERS[state](shop)))

    text = page.content.decode()
    assert page.status_code == 200
    for words in WORDS[state]:
        assert words in text
    assert ('value="pay"' in text) == state.is_payable
    assert "<svg" in text  # never by colour alone


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.UNAVAILABLE], ids=lambda state: state.value)
def test_where_only_the_merchant_can_help_the_button_calls(client: Client, shop: Merchant, state: State) -> None:
    page = client.get(page_of(MAKERS[state](shop)))

    assert '<a class="button" href="tel:065000000">' in page.content.decode()


def test_a_merchant_without_a_phone_offers_no_call(client: Client) -> None:
    shop = make_shop(help_phone="")

    page = client.get(page_of(MAKERS[State.WITHDRAWN](shop)))

    assert "tel:" not in page.content.decode()


def test_what_is_owed_is_shown_with_three_decimals(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop, amount=Decimal("1150.5"))

    text = client.get(page_of(bill)).content.decode()

    assert '<bdi class="figure">1,150.500</bdi> <bdi class="currency">JOD</bdi>' in text
    assert "Pay <bdi>1,150.500\u00a0JOD</bdi>" in text
    assert "Water Bill" in text
    assert bill.billing_no in text
    assert "Razzbery Solutions" in text


def test_a_part_paid_asks_for_the_rest(client: Client, shop: Merchant) -> None:
    text = client.get(page_of(MAKERS[State.PARTLY_PAID](shop))).content.decode()

    assert '<bdi class="figure">100.000</bdi>' in text
    assert "Remaining" in text
    assert "150.500\u00a0JOD" in text
    assert "50.500\u00a0JOD" in text


def test_an_installment_says_which_of_how_many(client: Client, shop: Merchant) -> None:
    installment = due_installment(shop)
    send_invoice(installment)

    text = client.get(page_of(installment)).content.decode()

    assert "iPhone 15 Pro Max" in text
    assert "Installment 2 of 3" in text
    assert "Due today" in text
    assert "Pay <bdi>300.000\u00a0JOD</bdi>" in text


def test_today_is_the_merchants_own_day(client: Client) -> None:
    far_east = make_shop("kiribati", time_zone="Pacific/Kiritimati")
    far_west = make_shop("samoa", time_zone="Pacific/Pago_Pago")

    for shop in (far_east, far_west):
        assert "Due today" in client.get(page_of(owed_bill(shop, days=0))).content.decode()


def test_paid_says_when_and_invites_no_more(client: Client, shop: Merchant) -> None:
    text = client.get(page_of(paid(owed_bill(shop)))).content.decode()

    assert "Paid on" in text
    assert "days left" not in text


def test_refunded_says_how_much(client: Client, shop: Merchant) -> None:
    text = client.get(page_of(MAKERS[State.REFUNDED](shop))).content.decode()

    assert '<bdi class="figure">150.500</bdi>' in text
    assert '<dt>Refunded</dt><dd><bdi lang="en">150.500\u00a0JOD</bdi></dd>' in text
    assert "Your payment has arrived." not in text


@pytest.mark.parametrize(
    ("paid", "refunded", "status", "said"),
    [
        ("150.500", "50.500", "PAID", "Paid"),
        ("150.500", "150.500", "PAID", "Refunded"),
        ("50.500", "50.500", "CANCELLED", "Refunded"),
        ("50.500", "20", "CANCELLED", "Cancelled"),
        ("50.500", "50.500", "PENDING", "Partly paid"),
    ],
)
def test_the_page_and_the_printed_invoice_say_the_same_of_money_given_back(
    client: Client, shop: Merchant, paid: str, refunded: str, status: str, said: str
) -> None:
    bill = owed_bill(shop)
    bill.amount_paid, bill.amount_refunded, bill.status = Decimal(paid), Decimal(refunded), status
    bill.paid_at = timezone.now() if status == "PAID" else None
    bill.cancelled_at = timezone.now() if status == "CANCELLED" else None
    bill.save()
    change_invoice(bill, amount=max(bill.amount_due, Decimal(1)))
    bill.refresh_from_db()

    text = client.get(page_of(bill)).content.decode()

    assert re.findall(r'<p class="status[^>]*>.*?<span>([^<]*)</span>', text, re.DOTALL) == [said]
    with override("en"):
        assert describe_status(bill, today=today_of(shop))[0] == said
    assert f'<dt>Refunded</dt><dd><bdi lang="en">{Decimal(refunded):.3f}\u00a0JOD</bdi></dd>' in text


def test_the_order_on_a_phone(client: Client) -> None:
    shop = make_shop(help_whatsapp="+962790000000")
    installment = due_installment(shop)
    send_invoice(installment)

    text = client.get(page_of(installment)).content.decode()

    marks = [
        'class="merchant"',
        'class="amount',
        'class="status',
        'class="title"',
        'class="due',
        'value="pay"',
        'class="switch"',
        "<summary>Details",
        "<progress",
        "due.ics",
        'class="share"',
        'class="qr"',
        "tel:",
        "wa.me/962790000000",
        "This is not me",
    ]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    assert text.count('class="button"') == 1
