"""A bill, a plan or an import that states another name for a known phone is told in the customer's timeline."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Customer, Event, Merchant, Role
from billing.services import StatedCustomer, upsert_customers
from tests.factories import make_api_key, make_bill, make_merchant, make_subscription
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


def renamings(merchant: Merchant) -> list[tuple[int, str, dict[str, Any]]]:
    events = Event.objects.filter(merchant=merchant, subject=Event.Subject.CUSTOMER, name="renamed").order_by("id")
    return list(events.values_list("subject_id", "actor", "details"))


def state(merchant: Merchant, *people: tuple[str, str], actor: str = "api:bk_abc") -> list[int]:
    stated = [StatedCustomer(phone=phone, name=name) for phone, name in people]
    return upsert_customers(merchant_id=merchant.pk, stated=stated, actor=actor, now=timezone.now())


def test_only_who_is_called_otherwise_now_is_told_of(django_assert_num_queries: Any) -> None:
    merchant, other = make_merchant(), make_merchant("other")
    laila, sami = state(merchant, ("0777839071", "ليلى"), ("0790000000", "Sami"))
    state(other, ("0777839071", "Somebody else"))
    assert renamings(merchant) == renamings(other) == []

    with django_assert_num_queries(2):
        state(merchant, ("0777839071", "ليلى حداد"), ("0790000000", "Sami"), ("0788888888", "New"), actor="user:7")

    assert renamings(merchant) == [(laila, "user:7", {"old_name": "ليلى", "new_name": "ليلى حداد"})]
    assert renamings(other) == []
    assert Customer.objects.get(pk=sami).name == "Sami"


def test_the_timeline_says_it_from_which_to_which_and_who() -> None:
    merchant = make_merchant()
    clerk = make_staff(merchant, Role.CLERK, first_name="Rana")
    customer = make_bill(merchant, customer_name="Laila", customer_phone="0777839071").customer
    state(merchant, ("0777839071", "Laila Haddad"), actor=f"user:{clerk.pk}")

    page = signed_in(clerk).get(f"/admin/billing/customer/{customer.pk}/change/").content.decode()

    assert "Another name was stated" in page
    assert "from \u2068Laila\u2069 to \u2068Laila Haddad\u2069" in page


def test_the_api_and_plans_tell_it_too_and_a_former_number_renames_nobody() -> None:
    merchant = make_merchant()
    customer = make_bill(merchant, customer_name="Laila", customer_phone="0777839071").customer
    key = make_api_key(merchant)
    body = {"customerName": "Laila H", "customerPhone": "0777839071", "serviceType": "Water", "dueAmount": 5}
    answer = Client().post(
        "/razzbery/v1/add/bill",
        json.dumps(body | {"dueDate": "2030-01-31"}),
        content_type="application/json",
        headers={"X-API-Key": key},
    )
    assert answer.status_code == 200

    make_subscription(merchant, customer_name="Laila Haddad", customer_phone="0777839071")
    former = make_bill(merchant, customer_name="Former", customer_phone="0788888888").customer
    Customer.objects.filter(pk=former.pk).update(merged_into=customer)
    (led_to,) = state(merchant, ("0788888888", "Another"))

    (by_api, by_plan) = renamings(merchant)
    assert by_api == (customer.pk, f"api:{key[:12]}", {"old_name": "Laila", "new_name": "Laila H"})
    assert by_plan[2] == {"old_name": "Laila H", "new_name": "Laila Haddad"}
    assert led_to == customer.pk
