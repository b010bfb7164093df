"""A collector works down the list: each call ends with a note or a promise, and leads back to the list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Bill, Event, Merchant, Role
from invoices.services.issuing import issue_due
from subscriptions.models import Installment
from tests.factories import make_bill, make_merchant, make_subscription
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db

LIST = "/admin/billing/customer/collecting/"


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def today(merchant: Merchant) -> date:
    return merchant.local_date(timezone.now())


@pytest.fixture
def bills(merchant: Merchant, today: date) -> list[Bill]:
    """Of three customers, the first of them the heaviest."""
    return [
        make_bill(
            merchant,
            customer_name=f"Customer {number}",
            customer_phone=f"077000000{number}",
            due_date=today - timedelta(days=50 - number),
        )
        for number in range(3)
    ]


@pytest.fixture
def clerk(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.CLERK))


def cards(client: Client) -> dict[str, Any]:
    return {card.name: card for card in client.get(LIST).context["cards"]}


def test_after_a_note_one_is_back_at_the_list_where_the_call_is_marked(bills: list[Bill], clerk: Client) -> None:
    page = clerk.post(cards(clerk)["Customer 1"].note_url, {"text": "pays on Sunday"}, follow=True)

    assert page.redirect_chain[-1][0].startswith(f"{LIST}?merchant=")
    assert told(page) == ["The note is in the timeline."]
    found = cards(clerk)
    assert [name for name, card in found.items() if card.is_called_today] == ["Customer 1"]
    assert list(found) == ["Customer 0", "Customer 1", "Customer 2"]

    Event.objects.filter(name="noted").update(occurred_at=timezone.now() - timedelta(days=2))
    assert not cards(clerk)["Customer 1"].is_called_today


def test_a_promise_is_for_all_that_is_overdue_and_moves_the_customer_to_the_end(
    merchant: Merchant, bills: list[Bill], clerk: Client, today: date
) -> None:
    due_later = make_bill(merchant, customer_phone="0770000000", due_date=today + timedelta(days=9))
    plan = make_subscription(merchant, "CUSTOM_SCHEDULE", customer_phone="0770000000", customer_name="Customer 0")
    Installment.objects.filter(subscription=plan, sequence=1).update(
        status="INVOICED", due_date=today - timedelta(days=10)
    )
    until = today + timedelta(days=2)

    page = clerk.post(cards(clerk)["Customer 0"].promise_url, {"until": until.isoformat()}, follow=True)

    assert page.redirect_chain[-1][0].startswith(LIST)
    assert "Who has promised to pay" in page.content.decode()
    assert list(cards(clerk)) == ["Customer 1", "Customer 2", "Customer 0"]
    assert set(Bill.objects.exclude(promised_until=None)) == {bills[0]}
    assert Installment.objects.exclude(promised_until=None).get().sequence == 1
    due_later.refresh_from_db()
    assert due_later.promised_until is None

    Bill.objects.update(promised_until=today - timedelta(days=1))
    Installment.objects.update(promised_until=None)
    assert next(iter(cards(clerk))) == "Customer 0"


def test_what_is_not_overdue_and_a_day_that_has_passed_are_no_promise(
    merchant: Merchant, bills: list[Bill], clerk: Client, today: date
) -> None:
    address = cards(clerk)["Customer 0"].promise_url
    passed = clerk.post(address, {"until": (today - timedelta(days=1)).isoformat()})
    Bill.objects.update(due_date=today)

    refused = told(clerk.post(address, {"until": today.isoformat()}, follow=True))

    assert "until" in passed.context["form"].errors
    assert refused == ["Nothing of this customer is overdue, so there is nothing to promise."]
    assert not Bill.objects.exclude(promised_until=None).exists()


def test_who_sends_nothing_notes_no_promise_and_a_stranger_finds_nobody(merchant: Merchant, bills: list[Bill]) -> None:
    cashier = signed_in(make_staff(merchant, Role.CASHIER))
    stranger = signed_in(make_staff(make_merchant("stranger")))
    address = f"/admin/billing/customer/{bills[0].customer_id}/do/promise/"

    assert cards(cashier)["Customer 0"].promise_url == ""
    assert cashier.post(address, {"until": "2030-01-01"}).status_code == 403
    assert stranger.post(address, {"until": "2030-01-01"}).status_code == 404
    assert not Bill.objects.exclude(promised_until=None).exists()


def test_it_takes_few_queries(merchant: Merchant, bills: list[Bill], clerk: Client) -> None:
    issue_due(merchant=merchant, now=timezone.now())
    clerk.get(LIST)

    with CaptureQueriesContext(connection) as queries:
        clerk.get(LIST)

    assert len(queries) <= 12
