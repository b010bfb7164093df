"""The last three digits of the phone, where a merchant has them asked: no cookie, few guesses, nothing shown before."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory

from billing.models import Customer, Merchant
from billing.services.customer_links import renew_customer_link
from invoices.models import PageOpening
from invoices.pages.phone_checks import (
    WRONG_A_WEEK,
    WRONG_AN_HOUR,
    WRONG_AN_HOUR_AND_ADDRESS,
    TooManyGuesses,
    WrongDigits,
    check_phone_digits,
)
from tests.infrastructure.valkey import ValkeyServer
from tests.invoices.customer_pages.dues import list_of, three_dues
from tests.invoices.pages.documents import HIDDEN, owed_bill, page_of, press

pytestmark = pytest.mark.django_db

RIGHT, WRONG = "071", "123"
PHONE_IS_A_PERSONS = {"User-Agent": "Mozilla/5.0 (Linux; Android 11) Chrome/120.0 Mobile Safari/537.36"}


@pytest.fixture
def asked(shop: Merchant) -> Customer:
    customer = three_dues(shop)
    Merchant.objects.update(asks_phone_digits=True)
    return customer


def answer(client: Client, customer: Customer, digits: str, *, query: str = "", **headers: Any) -> Any:
    path = list_of(customer) + query
    found = HIDDEN.search(client.get(path, headers=headers).content.decode())
    assert found is not None
    return press(client, path, {"form": found.group(1), "act": "confirm-phone", "digits": digits}, **headers)


def shown(client: Client, customer: Customer, answered: Any) -> str:
    """The list that a right answer leads to."""
    assert answered.status_code == 303
    page = client.get(list_of(customer) + answered["Location"])
    assert page.status_code == 200
    return page.content.decode()


def test_nothing_is_shown_before_the_digits(client: Client, asked: Customer) -> None:
    page = client.get(list_of(asked), headers=PHONE_IS_A_PERSONS)

    text = page.content.decode()
    assert (page.status_code, page.cookies) == (200, {})
    assert "Last three digits" in text
    for private in ("470.750", "Water Bill", "R•••", "071", "/pay/"):
        assert private not in text
    assert not PageOpening.objects.exists()


@pytest.mark.parametrize("digits", ["071", " 071 ", "٠٧١", "۰۷۱"])
def test_the_right_digits_open_the_page_without_a_cookie(client: Client, asked: Customer, digits: str) -> None:
    answered = answer(client, asked, digits)

    assert answered.cookies == {}
    assert "470.750" in shown(client, asked, answered)


def test_the_language_is_kept(client: Client, asked: Customer) -> None:
    answered = answer(client, asked, RIGHT, query="?lang=ar")

    page = shown(client, asked, answered)
    assert '<html lang="ar" dir="rtl">' in page
    assert re.search(r'href="\?lang=en&amp;visit=c\.', page)


@pytest.mark.parametrize("digits", ["123", "", "07", "0710", "abc", "777839071", "٠٧", "²71"])
def test_other_answers_are_refused(client: Client, asked: Customer, digits: str) -> None:
    answered = answer(client, asked, digits)

    assert answered.status_code == 422
    assert "These are not the last three digits" in answered.content.decode()
    assert "470.750" not in answered.content.decode()


def test_five_wrong_answers_lock_the_link_from_every_address(client: Client, asked: Customer) -> None:
    for n in range(WRONG_AN_HOUR):
        assert answer(client, asked, WRONG).status_code == 422, n

    elsewhere = Client(REMOTE_ADDR="192.0.2.77")
    refused = answer(elsewhere, asked, RIGHT)

    assert refused.status_code == 429
    assert "too many wrong answers" in refused.content.decode()
    assert "470.750" not in refused.content.decode()


def test_many_guesses_at_once_are_no_way_around(asked: Customer) -> None:
    def guess(_: int) -> str:
        try:
            check_phone_digits(RequestFactory().post("/"), asked, WRONG)
        except (WrongDigits, TooManyGuesses) as refusal:
            return type(refusal).__name__
        return "right"

    with ThreadPoolExecutor(max_workers=10) as threads:
        outcomes = Counter(threads.map(guess, range(20)))

    assert outcomes == {"WrongDigits": WRONG_AN_HOUR, "TooManyGuesses": 20 - WRONG_AN_HOUR}


def test_right_answers_do_not_count(client: Client, asked: Customer) -> None:
    for _ in range(WRONG_AN_HOUR + 2):
        assert answer(client, asked, RIGHT).status_code == 303
    for _ in range(WRONG_AN_HOUR):
        assert answer(client, asked, WRONG).status_code == 422
    assert answer(client, asked, RIGHT).status_code == 429


def test_a_week_of_patient_guessing_ends(client: Client, asked: Customer, valkey: ValkeyServer) -> None:
    hours = WRONG_A_WEEK // WRONG_AN_HOUR
    for _ in range(hours):
        for _ in range(WRONG_AN_HOUR):
            assert answer(client, asked, WRONG).status_code == 422
        forget_hours(valkey)

    assert answer(client, asked, RIGHT).status_code == 429


def test_one_address_cannot_try_many_links(client: Client, asked: Customer) -> None:
    shop, tries = asked.merchant, WRONG_AN_HOUR_AND_ADDRESS
    others = [owed_bill(shop, customer_phone=f"07900000{n:02d}").customer for n in range(tries // WRONG_AN_HOUR)]
    for other in others:
        for _ in range(WRONG_AN_HOUR):
            assert answer(client, other, WRONG).status_code == 422

    assert answer(client, asked, RIGHT).status_code == 429
    assert answer(Client(REMOTE_ADDR="192.0.2.77"), asked, RIGHT).status_code == 303


def test_a_new_link_begins_anew(client: Client, asked: Customer) -> None:
    for _ in range(WRONG_AN_HOUR):
        answer(client, asked, WRONG)
    renew_customer_link(merchant_id=asked.merchant_id, customer_id=asked.pk, actor="system", now=datetime.now(UTC))

    assert answer(client, asked, RIGHT).status_code == 303


def test_without_the_cache_nothing_is_compared(client: Client, asked: Customer, valkey: ValkeyServer) -> None:
    path = list_of(asked)
    found = HIDDEN.search(client.get(path).content.decode())
    assert found is not None
    valkey.stop()

    refused = press(client, path, {"form": found.group(1), "act": "confirm-phone", "digits": RIGHT})

    assert refused.status_code == 503
    assert "This cannot be checked right now." in refused.content.decode()


def test_a_visit_ends_after_half_an_hour(client: Client, asked: Customer) -> None:
    now = datetime.now(UTC)
    answered = answer(client, asked, RIGHT)
    address = list_of(asked) + answered["Location"]

    with time_machine.travel(now + timedelta(minutes=29), tick=False):
        assert "470.750" in client.get(address).content.decode()
    with time_machine.travel(now + timedelta(minutes=31), tick=False):
        assert "470.750" not in client.get(address).content.decode()


def test_a_visit_opens_only_the_page_it_was_made_for(client: Client, asked: Customer) -> None:
    other = owed_bill(asked.merchant, customer_phone="0790000000", service_type="Of another").customer
    query = answer(client, asked, RIGHT)["Location"]

    assert "Of another" not in client.get(list_of(other) + query).content.decode()
    renew_customer_link(merchant_id=asked.merchant_id, customer_id=asked.pk, actor="system", now=datetime.now(UTC))
    assert "470.750" not in client.get(list_of(asked) + query).content.decode()


def test_a_visit_begun_without_the_digits_does_not_stand_for_them(client: Client, asked: Customer) -> None:
    Merchant.objects.update(asks_phone_digits=False)
    found = re.search(r"visit=(o\.[\w.-]+)", client.get(list_of(asked)).content.decode())
    assert found is not None
    Merchant.objects.update(asks_phone_digits=True)

    for visit in (found.group(1), "c" + found.group(1)[1:], "c", "", "c.x.y"):
        assert "470.750" not in client.get(f"{list_of(asked)}?visit={visit}").content.decode(), visit


def test_the_form_must_be_this_pages_own(client: Client, asked: Customer) -> None:
    path = list_of(asked)
    right = {"act": "confirm-phone", "digits": RIGHT}

    assert press(client, path, right).status_code == 403
    assert press(client, path, {**right, "form": "x"}).status_code == 403
    assert answer(client, asked, RIGHT, Origin="https://evil.example").status_code == 403
    assert answer(client, asked, RIGHT, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_refused_forms_are_no_guesses(client: Client, asked: Customer) -> None:
    for _ in range(WRONG_AN_HOUR + 1):
        press(client, list_of(asked), {"act": "confirm-phone", "digits": WRONG, "form": "x"})

    assert answer(client, asked, RIGHT).status_code == 303


def test_posting_where_nothing_is_asked_shows_the_page_as_to_anyone(client: Client, customer: Customer) -> None:
    page = press(client, list_of(customer), {"digits": WRONG})

    assert page.status_code == 200
    assert "470.750" in page.content.decode()


def test_payment_pages_do_not_tell_the_digits_that_are_asked_for(client: Client, asked: Customer) -> None:
    path = page_of(asked.bills.earliest("pk"))
    assert "07••••••••" in client.get(path).content.decode()
    Merchant.objects.update(asks_phone_digits=False)

    assert "07•••••071" in client.get(path).content.decode()


def forget_hours(valkey: ValkeyServer) -> None:
    """As if an hour had passed: the counters of hours are gone, those of weeks stay."""
    with valkey.client() as counters:
        for key in counters.scan_iter(match="*phone-digits*"):
            if not key.endswith(b"/week"):
                counters.delete(key)
