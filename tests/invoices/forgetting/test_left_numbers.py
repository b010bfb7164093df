"""A number that somebody left behind: theirs still, or somebody else's by now."""

from __future__ import annotations

import pytest

from billing.clock import database_now
from billing.models import Customer, Merchant, User
from invoices.services.corrected_phones import correct_phone
from invoices.services.merging.merge import LeftNumber, merge_customers
from tests.factories import make_bill
from tests.invoices.forgetting.forget import close_everything, forget
from tests.invoices.forgetting.person import stated
from tests.invoices.forgetting.signs import MARK, SIGNS, columns_with

pytestmark = pytest.mark.django_db


def left_behind_by(customer: Customer, user: User) -> Customer:
    """The row of the number that was theirs until it was corrected."""
    stated = {"merchant_id": customer.merchant_id, "customer_id": customer.pk, "phone": "0770000009", "user": user}
    correct_phone(**stated, now=database_now())
    return Customer.objects.get(phone=customer.phone)


def test_a_number_they_left_behind_is_forgotten_with_them(shop: Merchant, owner: User) -> None:
    customer = make_bill(shop, **stated()).customer
    left_behind = left_behind_by(customer, owner)
    close_everything(customer)
    assert (left_behind.name, left_behind.phone) == (customer.name, customer.phone)

    forget(customer, owner)

    assert columns_with(*SIGNS, "770000009") == set()
    assert Customer.objects.exclude(forgotten_at=None).count() == 2


def test_a_number_they_left_to_somebody_else_keeps_no_name_of_theirs(shop: Merchant, owner: User) -> None:
    customer = make_bill(shop, **stated()).customer
    left_behind = left_behind_by(customer, owner)
    make_bill(shop, customer_phone="0791234599", customer_name="Mona Saleh")
    mona = make_bill(shop, customer_phone="0788888888", customer_name="Mona Saleh", customer_email="m@x.jo").customer
    of_two = {"merchant_id": shop.pk, "survivor_id": mona.pk, "double_id": left_behind.pk, "taken": ()}
    merge_customers(**of_two, left_number=LeftNumber.THEIRS, reason="hers now", user=owner, now=database_now())
    close_everything(customer)

    forget(customer, owner)

    left_behind.refresh_from_db()
    assert (left_behind.phone, left_behind.merged_into) == ("+962791234599", mona)
    assert columns_with(MARK) == set()
    mona.refresh_from_db()
    assert (mona.name, mona.forgotten_at) == ("Mona Saleh", None)
