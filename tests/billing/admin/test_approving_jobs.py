"""A held job offers its approval to whoever can give it, and to nobody else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing.clock import database_now
from billing.jobs.starting import NewRow, start_job
from billing.models import Job, Membership, Merchant, Role, User
from tests.factories import make_merchant
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(second_person_above=Decimal(1))


def held(merchant: Merchant, starter: User) -> Job:
    return start_job(
        merchant=merchant,
        kind="ACT",
        title="x",
        rows=[NewRow(key="1")],
        waits_for_approval=True,
        created_by=starter,
        now=database_now(),
    )


def is_offered(client: Client, job: Job) -> bool:
    return (
        f"/admin/billing/job/{job.pk}/do/approve/"
        in client.get(f"/admin/billing/job/{job.pk}/change/").content.decode()
    )


def test_a_colleague_is_offered_it_and_who_started_it_is_not(merchant: Merchant) -> None:
    starter, colleague = make_staff(merchant), make_staff(merchant, Role.MANAGER)
    job = held(merchant, starter)

    assert is_offered(signed_in(colleague), job)
    assert not is_offered(signed_in(starter), job)


def test_an_owner_who_is_alone_is_offered_it_and_a_manager_who_is_alone_is_not(merchant: Merchant) -> None:
    owner = make_staff(merchant)
    job = held(merchant, owner)
    assert is_offered(signed_in(owner), job)

    Membership.objects.update(role=Role.MANAGER)

    assert not is_offered(signed_in(owner), job)


def test_who_may_not_approve_is_not_offered_it(merchant: Merchant) -> None:
    job = held(merchant, make_staff(merchant))

    assert not is_offered(signed_in(make_staff(merchant, Role.CLERK)), job)
