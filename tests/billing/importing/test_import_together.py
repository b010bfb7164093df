"""Many rows of a file go in together: as many questions to the database as for few, and each row still its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.importing.importing import start_import
from billing.jobs.running import run_jobs
from billing.models import Bill, Customer, Event, Job, JobRow, Merchant, User
from tests.billing.importing.uploads import BILL_HEADER, csv_file, guessed, make_importer, upload

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HEADERS = {
    "BILL": BILL_HEADER,
    "CUSTOMER": "Name,Phone,E-mail",
    "SUBSCRIPTION": "Name,Phone,Product,Type,Each payment,Payment day",
}
LINES = {
    "BILL": "Person {n},07770{n:05d},Water,{n}.500,2027-12-31",
    "CUSTOMER": "Person {n},07770{n:05d},person{n}@example.com",
    "SUBSCRIPTION": "Person {n},07770{n:05d},Gym,OPEN_ENDED,25,5",
}


@pytest.fixture
def importer() -> tuple[Merchant, User]:
    return make_importer()


def _import(importer: tuple[Merchant, User], lines: list[str], *, kind: str = "BILL") -> Job:
    file = upload(importer[0], csv_file(HEADERS[kind], *lines), by=importer[1], now=NOW, kind=kind)
    job = start_import(
        merchant_id=file.merchant_id,
        file_id=file.pk,
        choices=guessed(file),
        only_good=False,
        started_by=importer[1],
        now=NOW,
    )
    assert run_jobs(seconds=60) is False
    job.refresh_from_db()
    return job


def _questions(importer: tuple[Merchant, User], numbers: range, *, kind: str) -> int:
    lines = [LINES[kind].format(n=n) for n in numbers]
    with CaptureQueriesContext(connection) as asked:
        job = _import(importer, lines, kind=kind)
    assert job.done_count == len(lines)
    return len(asked)


@pytest.mark.parametrize("kind", list(HEADERS))
def test_forty_rows_ask_hardly_more_than_two(importer: tuple[Merchant, User], kind: str) -> None:
    two = _questions(importer, range(1, 3), kind=kind)

    forty = _questions(importer, range(3, 43), kind=kind)

    assert forty <= two + 8  # SQLite cuts long statements


def test_rows_together_have_their_own_numbers_events_and_messages(importer: tuple[Merchant, User]) -> None:
    job = _import(importer, [LINES["BILL"].format(n=n) for n in range(1, 21)])

    bills = list(Bill.objects.order_by("id"))
    assert [bill.customer_name for bill in bills] == [f"Person {n}" for n in range(1, 21)]
    assert [int(bill.billing_no[-4:]) for bill in bills] == list(range(1, 21))
    assert [bill.customer.phone for bill in bills] == [f"+9627770{n:05d}" for n in range(1, 21)]
    assert list(job.rows.order_by("position").values_list("message", flat=True)) == [
        f"Made: {bill.billing_no}" for bill in bills
    ]
    created = Event.objects.filter(name="created", subject=Event.Subject.BILL, actor=f"user:{importer[1].pk}")
    assert sorted(created.values_list("subject_id", flat=True)) == [bill.pk for bill in bills]


def test_somebody_who_stands_twice_among_them_is_as_the_file_leaves_them(importer: tuple[Merchant, User]) -> None:
    _import(
        importer,
        ["Old Name,0777839071,old@example.com", "Mona,0788888888,", "New Name,0777839071,"],
        kind="CUSTOMER",
    )

    found: Any = dict(Customer.objects.values_list("phone", "name"))
    assert found == {"+962777839071": "New Name", "+962788888888": "Mona"}
    assert Customer.objects.get(name="New Name").email == "old@example.com"


def test_a_row_that_is_refused_takes_none_of_the_others_with_it(importer: tuple[Merchant, User]) -> None:
    _import(importer, [LINES["BILL"].format(n=7)])
    lines = [LINES["BILL"].format(n=n) for n in range(1, 13)]
    file = upload(importer[0], csv_file(BILL_HEADER, *lines), by=importer[1], now=NOW)
    job = start_import(
        merchant_id=file.merchant_id,
        file_id=file.pk,
        choices=guessed(file),
        only_good=False,
        started_by=importer[1],
        now=NOW,
    )
    wrong = JobRow.objects.get(job=job, position=3)
    wrong.values["cells"]["amount"] = "much"
    wrong.save()

    run_jobs(seconds=60)

    job.refresh_from_db()
    assert (job.row_count, job.done_count, job.refused_count) == (11, 10, 1)
    assert Bill.objects.count() == 11
    wrong.refresh_from_db()
    assert wrong.status == JobRow.Status.REFUSED
