"""The list of customers tells what each owes and how much of it is late, and finds those who do."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.models import Bill, Customer, Merchant
from invoices.services import owed_by_customers
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import take
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

MOST_QUERIES = 8
LATE, COMING = date(2026, 11, 21), date(2026, 11, 22)


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en")


@pytest.fixture
def clerk(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant))


def shown(client: Client, *, most: int = MOST_QUERIES, **query: str) -> Any:
    with time_machine.travel("2026-11-22T09:00Z", tick=False), CaptureQueriesContext(connection) as asked:
        response = client.get(reverse("admin:billing_customer_changelist"), query)
    assert response.status_code == 200
    assert len(asked) <= most, [each["sql"] for each in asked]
    return response


def names(response: Any) -> list[str]:
    return [customer.name for customer in response.context["cl"].result_list]


def bill_of(merchant: Merchant, name: str, phone: str, amount: str, due_date: date = LATE) -> Bill:
    return make_bill(merchant, customer_name=name, customer_phone=phone, amount=Decimal(amount), due_date=due_date)


def test_each_row_says_what_is_owed_and_what_of_it_is_late(merchant: Merchant, clerk: Client) -> None:
    take(bill_of(merchant, "Sara", "0770000001", "100"), "40")
    bill_of(merchant, "Sara", "0770000001", "7", COMING)
    plan = make_subscription(
        merchant, Subscription.Type.CUSTOM_SCHEDULE, customer_name="Sara", customer_phone="0770000001"
    )
    Installment.objects.filter(subscription=plan, sequence=1).update(status="INVOICED", due_date=LATE)
    take(bill_of(merchant, "Paid", "0770000002", "5"), "5")
    Bill.objects.filter(pk=bill_of(merchant, "Riyals", "0770000003", "9", COMING).pk).update(currency="SAR")

    page = shown(clerk)

    admin = page.context["cl"].model_admin
    cells = {row.name: (admin.owed_shown(row), admin.overdue_shown(row)) for row in page.context["cl"].result_list}
    assert "JOD\u00a0367.000" in cells["Sara"][0]
    assert "JOD\u00a0360.000" in cells["Sara"][1]
    assert "office-late" in cells["Sara"][1]
    assert cells["Paid"] == ("—", "—")
    assert ("SAR" in cells["Riyals"][0], cells["Riyals"][1]) == (True, "—")
    assert "JOD\u00a0360.000" in page.content.decode()


@pytest.mark.parametrize("few", [0, 30_000])
def test_who_owes_who_is_late_and_who_gets_no_messages_is_found(
    merchant: Merchant, clerk: Client, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owed_by_customers, "_FEW", few)
    bill_of(merchant, "Late", "0770000001", "5")
    bill_of(merchant, "Coming", "0770000002", "5", COMING)
    take(bill_of(merchant, "Paid", "0770000003", "5"), "5")
    plan = make_subscription(
        merchant, Subscription.Type.CUSTOM_SCHEDULE, customer_name="Plan", customer_phone="0770000004"
    )
    make_subscription(merchant, customer_name="Not asked yet", customer_phone="0770000005")
    Installment.objects.filter(subscription=plan, sequence=1).update(status="INVOICED", due_date=LATE)
    Customer.objects.filter(name="Paid").update(messages_stopped_at=timezone.now())
    Customer.objects.filter(name="Late").update(created_at=timezone.now() - timedelta(days=400))
    bill_of(make_merchant("stranger"), "Stranger", "0770000001", "5")

    assert names(shown(clerk, owes="something")) == ["Plan", "Coming", "Late"]
    assert names(shown(clerk, owes="overdue")) == ["Plan", "Late"]
    assert names(shown(clerk, most=MOST_QUERIES + 1, owes="overdue", q="plan")) == ["Plan"]
    assert names(shown(clerk, owes="nothing")) == []
    assert names(shown(clerk, stopped="yes")) == ["Paid"]
    assert names(shown(clerk, when_until=(merchant.local_date(timezone.now()) - timedelta(days=300)).isoformat())) == [
        "Late"
    ]


def test_a_stranger_is_told_of_nobody(merchant: Merchant) -> None:
    bill_of(merchant, "Late", "0770000001", "5")
    stranger = signed_in(make_staff(make_merchant("stranger"), username="stranger"))

    assert [names(shown(stranger, **query)) for query in ({}, {"owes": "overdue"}, {"owes": "something"})] == [[]] * 3


def test_the_number_of_questions_does_not_grow(merchant: Merchant, clerk: Client) -> None:
    for number in range(7):
        bill_of(merchant, f"Sara {number}", f"077000000{number}", "5")

    assert len(names(shown(clerk))) == 7
