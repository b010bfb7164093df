"""Who may stop a job, what tells of it, and who takes its rows away as a file."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from billing.jobs.starting import NewRow, start_job
from billing.models import Event, Job, Merchant, Role, User
from tests.factories import make_merchant
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en")


@pytest.fixture
def cashier(merchant: Merchant) -> User:
    return make_staff(merchant, Role.CASHIER, username="cashier")


@pytest.fixture
def held(merchant: Merchant, cashier: User) -> Job:
    """A cashier's list of payments, which waits for a manager."""
    return start_job(
        merchant=merchant,
        kind="NOTE",
        title="Mark as paid: bills",
        rows=[NewRow(key="Ahmad of Irbid")],
        created_by=cashier,
        now=timezone.now(),
        waits_for_approval=True,
    )


def _stop(person: User, job: Job) -> tuple[int, Job.Status]:
    answer = signed_in(person).post(f"/admin/billing/job/{job.pk}/do/stop/")
    job.refresh_from_db()
    return answer.status_code, Job.Status(job.status)


def test_a_clerk_does_not_stop_what_waits_for_a_manager(merchant: Merchant, held: Job) -> None:
    clerk = make_staff(merchant, Role.CLERK)

    page = signed_in(clerk).get(f"/admin/billing/job/{held.pk}/change/").content.decode()

    assert "/do/stop/" not in page
    assert _stop(clerk, held) == (403, Job.Status.HELD)
    assert not Event.objects.filter(name="job_stopped").exists()


@pytest.mark.parametrize("who", ["cashier", "manager"])
def test_its_starter_or_who_may_approve_stops_it_and_that_is_written_down(
    who: str, merchant: Merchant, cashier: User, held: Job
) -> None:
    manager = make_staff(merchant, Role.MANAGER)
    person = cashier if who == "cashier" else manager

    page = signed_in(person).get(f"/admin/billing/job/{held.pk}/change/").content.decode()
    stopped = [_stop(person, held), _stop(person, held)]

    assert "/do/stop/" in page
    assert stopped == [(302, Job.Status.STOPPED)] * 2
    event = Event.objects.get(name="job_stopped")
    assert (event.merchant_id, event.actor, event.details["reason"]) == (merchant.pk, f"user:{person.pk}", held.title)


def test_a_wish_to_stop_a_job_under_way_is_written_down_once(merchant: Merchant, cashier: User, held: Job) -> None:
    Job.objects.update(status=Job.Status.RUNNING)

    for _ in range(2):
        assert _stop(cashier, held) == (302, Job.Status.RUNNING)

    assert Event.objects.filter(name="job_stopped").count() == 1


def test_its_rows_as_a_file_are_for_those_who_may_take_lists_away(merchant: Merchant, cashier: User, held: Job) -> None:
    viewer = signed_in(make_staff(merchant, Role.VIEWER))

    assert _file_of(viewer, held) == (403, "", False)
    status, text, is_offered = _file_of(signed_in(cashier), held)
    assert (status, "Ahmad of Irbid" in text, is_offered) == (200, True, True)


def _file_of(client: Client, job: Job) -> tuple[int, str, bool]:
    page = client.get(f"/admin/billing/job/{job.pk}/change/").content.decode()
    answer = client.get(f"/admin/billing/job/{job.pk}/result.csv")
    text = b"".join(answer).decode("utf-8-sig") if answer.status_code == 200 else ""  # type: ignore[attr-defined]
    return answer.status_code, text, "result.csv" in page
