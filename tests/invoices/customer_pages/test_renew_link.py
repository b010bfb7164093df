"""Staff copy a customer's permanent link, and take it back."""

from __future__ import annotations

import pytest
from django.test import Client

from billing.models import Bill, Customer, Event, Role
from tests.invoices.admin.rows import Rows, make_rows
from tests.invoices.customer_pages.dues import list_of
from tests.invoices.pages.documents import page_of
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_rows("mine", phone="0770000001")


@pytest.fixture
def customer(rows: Rows) -> Customer:
    return rows.bill.customer


def screen(customer: Customer, rest: str = "change/") -> str:
    return f"/admin/billing/customer/{customer.pk}/{rest}"


@pytest.mark.parametrize("role", Role)
def test_only_who_may_send_is_shown_the_link(rows: Rows, customer: Customer, role: Role) -> None:
    person = signed_in(make_staff(rows.merchant, role))

    page = person.get(screen(customer)).content.decode()

    assert (list_of(customer) in page) == (role in {"OWNER", "MANAGER", "CLERK"})


def test_asking_says_what_will_happen_and_changes_nothing(rows: Rows, customer: Customer) -> None:
    clerk = signed_in(make_staff(rows.merchant, Role.CLERK))

    page = clerk.get(screen(customer, "do/renew-link/")).content.decode()

    assert "stops working at once" in page
    customer.refresh_from_db()
    assert customer.link_version == 1


def test_renewing_ends_the_old_link_and_shows_the_new_one(client: Client, rows: Rows, customer: Customer) -> None:
    clerk, old = signed_in(make_staff(rows.merchant, Role.CLERK)), list_of(customer)
    assert client.get(old).status_code == 200

    messages = told(clerk.post(screen(customer, "do/renew-link/"), follow=True))

    assert messages == [f"\u2068{customer.name}\u2069 has a new link. The old one no longer works."]
    new = list_of(customer)
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    assert client.get(page_of(Bill.objects.get(pk=rows.bill.pk))).status_code == 200
    page = clerk.get(screen(customer)).content.decode()
    assert new in page
    assert old not in page
    assert page.count("Link to the customer&#x27;s page renewed") == 1
    assert Event.objects.get(name="link_renewed").subject_id == customer.pk


def test_a_strangers_staff_can_do_nothing(rows: Rows, customer: Customer) -> None:
    others = make_rows("theirs", phone="0770000002")
    stranger = signed_in(make_staff(others.merchant, Role.OWNER, username="stranger"))

    assert stranger.get(screen(customer)).status_code in {302, 404}
    assert stranger.post(screen(customer, "do/renew-link/")).status_code == 404

    customer.refresh_from_db()
    assert customer.link_version == 1
    assert not Event.objects.filter(name="link_renewed").exists()
