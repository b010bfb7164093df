"""Somebody else answers at the phone: messages stop, staff are told, and nothing else happens."""

from __future__ import annotations

import pytest
from django.test import Client

from billing.models import Bill, Customer, Merchant, WrongRecipient
from tests.factories import make_bill
from tests.invoices.pages.documents import form_of, make_shop, owed_bill, page_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(shop: Merchant) -> Bill:
    return owed_bill(shop)


def test_messages_stop_and_staff_have_a_task(client: Client, bill: Bill) -> None:
    path = page_of(bill)

    answer = press(client, path, form_of(client, path, "not-me"))

    assert (answer.status_code, answer["Location"]) == (303, "?said=not-me")
    assert WrongRecipient.objects.get().customer == bill.customer
    bill.customer.refresh_from_db()
    assert bill.customer.messages_stopped_at is not None
    after = client.get(path + answer["Location"]).content.decode()
    assert "No more messages are sent to this phone" in after
    assert "This is not me" not in after


def test_twice_is_once(client: Client, bill: Bill) -> None:
    path = page_of(bill)
    form = form_of(client, path, "not-me")

    press(client, path, form)
    again = press(client, path, form)

    assert again.status_code == 303
    assert WrongRecipient.objects.count() == 1


def test_only_this_customer_is_concerned(client: Client, bill: Bill) -> None:
    neighbour = make_bill(bill.merchant, customer_phone="0790000001").customer
    namesake = make_bill(make_shop("other-shop")).customer
    path = page_of(bill)

    press(client, path, form_of(client, path, "not-me"))

    assert set(Customer.objects.filter(messages_stopped_at=None)) == {neighbour, namesake}


def test_a_preview_or_another_sites_form_stops_nothing(client: Client, bill: Bill) -> None:
    path = page_of(bill)
    form = form_of(client, path, "not-me")

    client.get(path + "?act=not-me&form=" + form["form"])
    refused = press(client, path, form, Origin="https://evil.test")

    assert refused.status_code == 403
    assert not WrongRecipient.objects.exists()
    assert Customer.objects.get().messages_stopped_at is None
