"""The first steps of a new merchant: shown to its owner, ticked by what is there, gone once it is in use."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Event, Merchant, Role
from billing.services import record_event
from invoices.models import AuditRun
from tests.factories import make_bill, make_merchant
from tests.invoices.admin.rows import make_account, make_rows
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

INVITE = "/admin/billing/invitation/add/"


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    make_rows("stranger", phone="0788888888")  # who has everything
    return signed_in(make_staff(merchant))


def steps_of(client: Client) -> list[bool]:
    return [step.is_done for step in client.get("/admin/").context["first_steps"]]


def test_each_step_is_ticked_by_what_is_there_and_the_list_goes_with_the_last(
    merchant: Merchant, owner: Client
) -> None:
    assert steps_of(owner) == [False, False, False, False]
    assert "every invoice is where it should be" not in owner.get("/admin/").content.decode()

    account = make_account(merchant, "mine")
    assert steps_of(owner) == [True, False, False, False]
    about = {"subject": Event.Subject.GATEWAY_ACCOUNT, "subject_id": account.pk, "actor": "system"}
    record_event(merchant_id=merchant.pk, name="connection_accepted", **about)
    assert steps_of(owner) == [True, True, False, False]
    make_bill(merchant, now=timezone.now())
    assert steps_of(owner) == [True, True, True, False]
    owner.post(INVITE, {"email": "new@example.com", "merchant": merchant.pk, "role": Role.CLERK, "language": "en"})

    assert steps_of(owner) == []
    assert "every invoice is where it should be" in owner.get("/admin/").content.decode()


def test_whoever_cannot_take_them_and_whoever_was_paid_sees_none(merchant: Merchant, owner: Client) -> None:
    paid = make_rows("paid", phone="0770000001").merchant

    assert steps_of(signed_in(make_staff(merchant, Role.MANAGER))) == []
    assert steps_of(signed_in(make_staff(paid))) == []


def test_home_stays_cheap_with_and_without_them(owner: Client, django_assert_max_num_queries: Any) -> None:
    established = signed_in(make_staff(make_rows("paid", phone="0770000001").merchant))

    with django_assert_max_num_queries(12):
        assert steps_of(established) == []
    AuditRun.objects.update(differences_found=0)
    with django_assert_max_num_queries(12):
        assert len(steps_of(owner)) == 4
