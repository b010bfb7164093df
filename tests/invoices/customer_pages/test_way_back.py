"""From a payment page back to the list: only for who came from there, also by way of the gateway."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Customer, Merchant
from billing.services.customer_links import renew_customer_link
from invoices.models import GatewayCallback, Invoice
from tests.invoices.customer_pages.dues import list_of, read
from tests.invoices.pages.documents import GATEWAY_LINK, HIDDEN, form_of, owed_bill, page_of, paid, press

pytestmark = pytest.mark.django_db

TO_A_BILL = re.compile(r'href="(/razzbery/pay/[\w-]+\?lang=en&amp;visit=[\w.-]+)"')


@pytest.fixture
def bill(customer: Customer) -> Bill:
    return Bill.objects.earliest("due_date")


def way_to_pay(client: Client, customer: Customer) -> str:
    """The address behind the first pay button of the list."""
    found = TO_A_BILL.search(read(client, list_of(customer)))
    assert found is not None
    return found.group(1).replace("&amp;", "&")


def test_who_came_from_the_list_is_led_back(client: Client, customer: Customer) -> None:
    page = read(client, way_to_pay(client, customer))

    assert f'href="{list_of(customer)}?lang=en">2 more open: next</a>' in page


def test_a_payment_page_never_names_the_list_by_itself(client: Client, customer: Customer, bill: Bill) -> None:
    for query in ("", "?visit=", "?visit=o.1.2", f"?visit={list_of(customer).rpartition('/')[2]}"):
        page = read(client, page_of(bill) + query)
        assert "/c/" not in page, query
        assert "more open" not in page, query


def test_the_way_does_not_lead_to_another_customers_list(client: Client, customer: Customer) -> None:
    other = owed_bill(customer.merchant, customer_phone="0790000000")
    query = way_to_pay(client, customer).partition("?")[2]

    assert "/c/" not in read(client, f"{page_of(other)}?{query}")


def test_what_is_in_another_currency_leads_back_to_all_that_the_list_shows(client: Client, customer: Customer) -> None:
    query = way_to_pay(client, customer).partition("?")[2]
    foreign = owed_bill(customer.merchant)
    Bill.objects.filter(pk=foreign.pk).update(currency="SAR")
    assert "3 payments open" in read(client, list_of(customer))

    assert "3 more open: next" in read(client, f"{page_of(foreign)}?{query}")


def test_the_way_back_is_kept_while_the_page_looks_again_and_after_its_forms(
    client: Client, customer: Customer
) -> None:
    address = way_to_pay(client, customer)
    visit = address.partition("visit=")[2]
    Invoice.objects.update(delivery="NEW", gateway_url="")

    page = read(client, address)

    looks = re.findall(r'(?:data-next="|;url=|button-quiet" href=")(\?[^"]*)"', page)
    assert [look.replace("&amp;", "&") for look in looks] == [
        f"?n=1&lang=en&visit={visit}",
        f"?n=1&lang=en&visit={visit}",
        f"?lang=en&visit={visit}",
    ]
    asked = press(client, address, form_of(client, address, "not-me"))
    assert asked["Location"] == f"?lang=en&visit={visit}&said=not-me"
    for query in [*looks, asked["Location"]]:
        page = read(client, address.partition("?")[0] + query.replace("&amp;", "&"))
        assert f'href="{list_of(customer)}?lang=en">2 more open: next</a>' in page, query


def test_an_address_that_was_copied_leads_nobody_back_later(client: Client, customer: Customer) -> None:
    address = way_to_pay(client, customer)

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31), tick=False):
        assert "/c/" not in read(client, address)
    renew_customer_link(merchant_id=customer.merchant_id, customer_id=customer.pk, actor="system", now=timezone.now())
    assert "/c/" not in read(client, address)


def test_with_nothing_else_open_it_leads_back_all_the_same(client: Client, shop: Merchant) -> None:
    bill = owed_bill(shop)

    assert "Back to all your payments" in read(client, way_to_pay(client, bill.customer))


def test_no_cookie_before_the_button_and_one_for_half_an_hour_after(client: Client, customer: Customer) -> None:
    address = way_to_pay(client, customer)
    assert client.cookies == {}

    answer = press(client, address, form_of(client, address))

    assert (answer.status_code, answer["Location"]) == (303, GATEWAY_LINK)
    (cookie,) = answer.cookies.values()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/razzbery/")
    assert cookie["max-age"] == 1800
    assert list_of(customer).rpartition("/")[2] not in cookie.value


def test_who_did_not_come_from_the_list_gets_no_cookie_at_all(client: Client, bill: Bill) -> None:
    answer = press(client, page_of(bill), form_of(client, page_of(bill)))

    assert answer.status_code == 303
    assert answer.cookies == {}


def test_after_paying_the_next_one_is_offered(client: Client, customer: Customer, bill: Bill) -> None:
    address = way_to_pay(client, customer)
    press(client, address, form_of(client, address))
    come_back(bill)
    paid(bill)

    for path in (f"/razzbery/gateway/checking/{'a' * 32}", page_of(bill)):
        page = read(client, f"{path}?lang=en")
        assert f'href="{list_of(customer)}?lang=en">2 more open: next</a>' in page, path
    assert "/c/" not in read(Client(), f"/razzbery/gateway/checking/{'a' * 32}")


def test_who_answered_with_the_digits_is_not_asked_again_on_the_way_back(client: Client, customer: Customer) -> None:
    Merchant.objects.update(asks_phone_digits=True)
    path = list_of(customer)
    form = {"form": HIDDEN.findall(read(client, path))[0], "act": "confirm-phone", "digits": "071"}
    answered = press(client, path, form)
    found = TO_A_BILL.search(client.get(path + answered["Location"]).content.decode())
    assert found is not None

    page = read(client, found.group(1).replace("&amp;", "&"))

    back = re.search(rf'href="({re.escape(path)}[^"]+)"', page)
    assert back is not None
    assert "470.750" in read(client, back.group(1).replace("&amp;", "&"))


def test_the_statements_document_asks_for_the_digits_too(client: Client, customer: Customer) -> None:
    Merchant.objects.update(asks_phone_digits=True)

    answer = client.get(list_of(customer) + "/statement.pdf?lang=en")

    assert (answer.status_code, answer["Location"]) == (303, list_of(customer) + "?lang=en")


def come_back(bill: Bill) -> None:
    GatewayCallback.objects.create(
        merchant=bill.merchant,
        watch_id="a" * 32,
        kind="RETURN",
        payload=b"00",
        payload_digest="0" * 64,
        invoice=bill.invoices.get(),
        received_at=timezone.now(),
        state="RESOLVED",
    )
