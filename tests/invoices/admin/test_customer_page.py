"""A customer's page answers a call: what is owed, what is late, what was promised and paid, and what happened."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Bill, Customer, Merchant, Role
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import take
from tests.invoices.admin.told_pages import facts_of, page_of, rows_of, section_of
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en")


@pytest.fixture
def today(merchant: Merchant) -> date:
    return merchant.local_date(timezone.now())


@pytest.fixture
def manager(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, Role.MANAGER))


@pytest.fixture
def customer(merchant: Merchant, today: date) -> Customer:
    """One bill late and paid in part, one to come, one installment asked for and the next to be."""
    late = make_bill(merchant, amount=Decimal(100), due_date=today - timedelta(days=12))
    make_bill(merchant, amount=Decimal(50), due_date=today + timedelta(days=30))
    take(late, "40")
    Bill.objects.filter(pk=late.pk).update(promised_until=today + timedelta(days=2))
    plan = make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE)
    Installment.objects.filter(subscription=plan, sequence=1).update(
        status="INVOICED", invoiced_at=timezone.now(), due_date=today - timedelta(days=1)
    )
    Installment.objects.filter(subscription=plan, sequence=2).update(due_date=today + timedelta(days=5))
    Installment.objects.filter(subscription=plan, sequence=3).update(status="CANCELLED", cancelled_at=timezone.now())
    return late.customer


def test_the_head_says_what_is_owed_late_to_come_promised_and_paid(manager: Client, customer: Customer) -> None:
    facts = facts_of(page_of(manager, customer))

    assert "JOD\u00a0410.000" in facts["Still owed"]
    assert "JOD\u00a0360.000" in facts["Overdue"]
    assert "office-late" in facts["Overdue"]
    assert "2 documents" in facts["Overdue"]
    today = customer.merchant.local_date(timezone.now())
    assert (today + timedelta(days=5)).isoformat() in facts["Next due"]
    assert (today + timedelta(days=2)).isoformat() in facts["Promised by"]
    assert "JOD\u00a040.000" in facts["Last paid"]
    assert "JOD\u00a040.000" in facts["Received in twelve months"]
    assert "Messages" not in facts


def test_open_amounts_are_the_oldest_first_with_how_late_they_are(manager: Client, customer: Customer) -> None:
    rows = rows_of(section_of(page_of(manager, customer), "Open amounts"))

    late, installment, coming = Bill.objects.order_by("pk")[0], Installment.objects.get(sequence=1), Bill.objects.last()
    assert coming is not None
    assert [row[0].split("</a>")[0].split("/change/")[0].rsplit("/", 1)[1] for row in rows] == [
        str(late.pk),
        str(installment.pk),
        str(coming.pk),
    ]
    assert [row[1].partition('<span class="office-late">')[2].split("<")[0] for row in rows] == [
        "12 days late",
        "1 day late",
        "",
    ]
    for row, owed in zip(rows, ("60.000", "300.000", "50.000"), strict=True):
        assert f"JOD\u00a0{owed}" in row[2]


def test_the_timeline_tells_of_the_customers_documents_by_their_numbers(manager: Client, customer: Customer) -> None:
    page = page_of(manager, customer)

    lines = [(str(line.subject), line.what) for line in page.context["timeline"]]
    late = Bill.objects.order_by("pk")[0]
    assert any(late.billing_no in subject and what == "Paid in part" for subject, what in lines)
    assert any("RCP-" in subject and what == "Payment received" for subject, what in lines)
    assert "All of it stands on each document&#x27;s own page" in page.content.decode()


def test_it_costs_twelve_queries_however_much_there_is(
    merchant: Merchant, manager: Client, customer: Customer, django_assert_max_num_queries: Any
) -> None:
    for number in range(15):
        take(make_bill(merchant, amount=Decimal(10), due_date=date(2026, 1, number + 1)), "5")
    page_of(manager, customer)  # kinds of rows are read once in a process

    with django_assert_max_num_queries(12):
        page = page_of(manager, customer)

    assert "JOD\u00a0485.000" in facts_of(page)["Still owed"]
    open_amounts = section_of(page, "Open amounts")
    assert len(open_amounts.rows) == 12
    assert open_amounts.more_url == f"/admin/billing/bill/?customer={customer.pk}&status=PENDING"


def test_what_the_same_phone_owes_another_merchant_is_not_counted(manager: Client, customer: Customer) -> None:
    other = make_merchant("stranger")
    take(make_bill(other, amount=Decimal(999), due_date=date(2026, 1, 1)), "99")
    make_subscription(other, Subscription.Type.CUSTOM_SCHEDULE).installments.update(
        status="INVOICED", invoiced_at=timezone.now()
    )

    page = page_of(manager, customer)

    assert "JOD\u00a0410.000" in facts_of(page)["Still owed"]
    assert len(section_of(page, "Open amounts").rows) == 3
    assert "999" not in page.content.decode()


def test_who_owes_nothing_is_told_so(manager: Client, merchant: Merchant) -> None:
    paid = make_bill(merchant, amount=Decimal(10))
    take(paid, "10")

    page = page_of(manager, paid.customer)

    assert "JOD\u00a00.000" in facts_of(page)["Still owed"]
    assert "Overdue" not in facts_of(page)
    assert "Nothing is owed." in page.content.decode()


def test_calling_writing_and_making_something_new_come_first_and_nothing_is_red(
    manager: Client, customer: Customer
) -> None:
    buttons = page_of(manager, customer).context["actions_detail"]

    assert [str(button["title"]) for button in buttons] == [
        "Call",
        "WhatsApp",
        "New bill",
        "New subscription",
        "Add a note",
        "More",
    ]
    assert buttons[0]["path"] == "tel:+962777839071"
    assert buttons[1]["path"].startswith("https://wa.me/962777839071")
    assert "danger" not in {button["variant"].value for button in buttons}
    form = manager.get(buttons[3]["path"]).context["form"]
    assert form.chosen == customer


def test_a_stranger_s_customer_fills_in_no_form(manager: Client) -> None:
    theirs = make_bill(make_merchant("stranger")).customer

    form = manager.get(f"/admin/subscriptions/subscription/add/?customer={theirs.pk}").context["form"]

    assert form.chosen is None


def test_a_phone_is_said_in_one_way_on_page_list_and_search(manager: Client, customer: Customer) -> None:
    for address in (
        f"/admin/billing/customer/{customer.pk}/change/",
        "/admin/billing/customer/",
        "/admin/search/?s=0777839071",
    ):
        text = manager.get(address).content.decode().replace("tel:+962777839071", "")
        assert "0777839071" in text, address
        assert "+962777839071" not in text, address
