"""Bills from a file: shown first, made once, all or none."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.clock import database_now
from billing.importing.choices import Choices
from billing.importing.importing import (
    FileImportedAlready,
    MerchantIsInactive,
    NothingNew,
    RowsAreWrong,
    check_file,
    start_import,
)
from billing.jobs.kinds import kind_of
from billing.jobs.running import claim_job, do_row, run_jobs
from billing.jobs.stopping import stop_job
from billing.models import Bill, Customer, ImportedRow, ImportFile, Job, JobRow, Membership, Merchant, User
from tests.billing.importing.uploads import ALI, BILL_HEADER, MONA, csv_file, guessed, make_importer, upload, workbook

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def importer() -> tuple[Merchant, User]:
    return make_importer()


def _upload(importer: tuple[Merchant, User], *lines: str, kind: str = "BILL") -> ImportFile:
    return upload(importer[0], csv_file(*lines), by=importer[1], now=NOW, kind=kind)


def _start(file: ImportFile, *, only_good: bool = False, choices: Choices | None = None) -> Job:
    return start_import(
        merchant_id=file.merchant_id,
        file_id=file.pk,
        choices=choices or guessed(file),
        only_good=only_good,
        started_by=file.uploaded_by,
        now=NOW,
    )


def _run(file: ImportFile, **kwargs: Any) -> Job:
    job = _start(file, **kwargs)
    assert run_jobs(seconds=60) is False
    job.refresh_from_db()
    return job


def test_every_row_becomes_a_bill(importer: tuple[Merchant, User]) -> None:
    file = _upload(importer, f"{BILL_HEADER},Notes", f"{ALI},=cmd|' /C calc'!A1", f"{MONA},")

    job = _run(file)

    assert (job.status, job.done_count, job.refused_count) == (Job.Status.DONE, 2, 0)
    first, second = Bill.objects.order_by("id")
    assert (first.customer_name, first.customer_phone, first.service_type) == ("Ali Hasan", "0777839071", "Water")
    assert (first.amount, first.due_date) == (Decimal("150.500"), date(2027, 12, 31))
    assert first.notes == "=cmd|' /C calc'!A1"  # text, as it stood there
    assert (second.amount, second.merchant) == (Decimal("20.000"), importer[0])
    assert job.rows.get(position=1).message == f"Made: {first.billing_no}"


def test_a_dry_run_makes_nothing(importer: tuple[Merchant, User]) -> None:
    file = _upload(importer, BILL_HEADER, ALI, MONA)

    checked = check_file(file, guessed(file), now=NOW)

    assert (len(checked.good), checked.bad_count) == (2, 0)
    assert [value for _title, value in checked.facts] == [Decimal("170.500")]
    assert not Bill.objects.exists()
    assert not Customer.objects.exists()


def test_one_bad_row_of_many_stops_them_all_and_is_named(importer: tuple[Merchant, User]) -> None:
    good = [f"Person {n},07770{n:05d},Water,1,2027-01-01" for n in range(500)]
    file = _upload(importer, BILL_HEADER, *good[:250], 'Bad One,123,Water,"150,50",31/12/2027', *good[250:])

    checked = check_file(file, guessed(file), now=NOW)
    with pytest.raises(RowsAreWrong):
        _start(file)

    assert [(problem.number, problem.column, problem.value) for problem in checked.problems] == [
        (252, "Phone", "123"),
        (252, "Amount", "150,50"),
        (252, "Due date", "31/12/2027"),
    ]
    assert (checked.bad_count, len(checked.good)) == (1, 500)
    assert not Job.objects.exists()
    assert not Bill.objects.exists()


def test_the_good_rows_alone_are_imported_when_the_person_says_so(importer: tuple[Merchant, User]) -> None:
    file = _upload(importer, BILL_HEADER, ALI, "Bad One,123,Water,1,2027-01-01", MONA)

    job = _run(file, only_good=True)

    assert list(job.rows.order_by("position").values_list("key", flat=True)) == ["2 · Ali Hasan", "4 · Mona Saleh"]
    assert Bill.objects.count() == 2


def test_the_same_file_twice_makes_nothing_twice(importer: tuple[Merchant, User]) -> None:
    _run(_upload(importer, BILL_HEADER, ALI, MONA))
    again = _upload(importer, BILL_HEADER, ALI, MONA)

    with pytest.raises(FileImportedAlready):
        _start(again)

    assert (Bill.objects.count(), Job.objects.count()) == (2, 1)


def test_rows_that_were_imported_in_another_file_are_passed_over(importer: tuple[Merchant, User]) -> None:
    _run(_upload(importer, BILL_HEADER, ALI))
    saved_again = upload(
        importer[0],
        workbook(BILL_HEADER.split(","), ALI.split(","), MONA.split(",")),
        by=importer[1],
        now=NOW,
    )

    checked = check_file(saved_again, guessed(saved_again), now=NOW)
    _run(saved_again)

    assert ([row.number for row in checked.known], [row.number for row in checked.good]) == ([2], [3])
    assert list(Bill.objects.order_by("id").values_list("customer_name", flat=True)) == ["Ali Hasan", "Mona Saleh"]
    only_known = _upload(importer, BILL_HEADER, MONA)
    with pytest.raises(NothingNew):
        _start(only_known)


def test_a_row_that_two_jobs_have_is_made_by_one_of_them(importer: tuple[Merchant, User]) -> None:
    first = _start(_upload(importer, BILL_HEADER, ALI))
    second = _start(_upload(importer, BILL_HEADER, ALI, MONA))

    run_jobs(seconds=60)

    assert Bill.objects.count() == 2
    twice = JobRow.objects.get(job__in=[first, second], status=JobRow.Status.REFUSED)
    assert twice.message == "This row was imported before. Nothing was made twice."


def test_a_worker_that_dies_half_way_leaves_no_doubles(importer: tuple[Merchant, User]) -> None:
    job = _start(_upload(importer, BILL_HEADER, ALI, MONA))
    dead = claim_job(now=database_now())
    assert dead is not None
    do_row(dead, kind_of(dead), row_id=job.rows.get(position=1).pk, now=database_now())
    Job.objects.update(lease_until=database_now() - timedelta(seconds=1))

    run_jobs(seconds=60)

    assert list(Bill.objects.order_by("id").values_list("customer_name", flat=True)) == ["Ali Hasan", "Mona Saleh"]


def test_a_file_whose_job_was_stopped_can_be_gone_on_with(importer: tuple[Merchant, User]) -> None:
    file = _upload(importer, BILL_HEADER, ALI, MONA)
    job = _start(file)
    worker = claim_job(now=database_now())
    assert worker is not None
    do_row(worker, kind_of(worker), row_id=job.rows.get(position=1).pk, now=database_now())
    Job.objects.update(lease_until=None)
    stop_job(merchant_id=job.merchant_id, job_id=job.pk, user=importer[1], now=NOW)
    run_jobs(seconds=60)

    rest = _run(file)

    assert (rest.row_count, Bill.objects.count()) == (1, 2)


def test_references_tell_like_bills_apart(importer: tuple[Merchant, User]) -> None:
    like = _upload(importer, BILL_HEADER, ALI, ALI)
    with_references = _upload(importer, f"Ref,{BILL_HEADER}", f"A1,{ALI}", f"A2,{ALI}")

    assert [problem.number for problem in check_file(like, guessed(like), now=NOW).problems] == [3]
    _run(with_references)
    assert Bill.objects.count() == 2
    again = _upload(importer, f"Ref,{BILL_HEADER}", "A2,Somebody Else,0799999999,Gas,3,2027-01-01")
    assert len(check_file(again, guessed(again), now=NOW).known) == 1


@pytest.mark.parametrize("chosen_first", [True, False])
def test_references_chosen_one_time_and_not_the_other_bill_nobody_twice(
    importer: tuple[Merchant, User], chosen_first: bool
) -> None:
    lines = (f"Ref,{BILL_HEADER}", f"A1,{ALI}", f"A2,{MONA}")
    file, again = _upload(importer, *lines), _upload(importer, *lines)
    saved_again = upload(importer[0], workbook(*(line.split(",") for line in lines)), by=importer[1], now=NOW)
    mapped = guessed(file)
    unmapped = replace(mapped, headers={code: name for code, name in mapped.headers.items() if code != "reference"})
    before, after = (mapped, unmapped) if chosen_first else (unmapped, mapped)
    _run(file, choices=before)

    with pytest.raises(FileImportedAlready):
        _start(again, choices=after)
    with pytest.raises(NothingNew):
        _start(saved_again, choices=after)

    assert (Bill.objects.count(), Job.objects.count()) == (2, 1)


def test_rows_are_known_by_the_marks_of_earlier_versions(importer: tuple[Merchant, User]) -> None:
    for told in ("reference|A1", "row|0788888888|Water|20.000|2027-12-31"):
        key = hashlib.sha256(told.replace("|", "\x1f").encode()).hexdigest()
        ImportedRow.objects.create(merchant=importer[0], kind="BILL", key=key, target_id=1)
    file = _upload(importer, f"Ref,{BILL_HEADER}", f"A1,{ALI}", f"A2,{MONA}", "A3,Omar,0799999999,Water,7,2027-12-31")

    checked = check_file(file, guessed(file), now=NOW)

    assert ([row.number for row in checked.known], [row.number for row in checked.good]) == ([2, 3], [4])


def test_of_two_jobs_one_makes_a_row_whose_reference_only_one_knows(importer: tuple[Merchant, User]) -> None:
    _start(_upload(importer, f"Ref,{BILL_HEADER}", f"A1,{ALI}", f"A2,{ALI}"))
    without = _start(_upload(importer, BILL_HEADER, ALI, MONA))

    run_jobs(seconds=60)

    assert list(without.rows.order_by("position").values_list("status", flat=True)) == ["REFUSED", "DONE"]
    assert Bill.objects.count() == 3


def test_a_row_without_a_reference_beside_its_like_with_one_is_wrong(importer: tuple[Merchant, User]) -> None:
    # The last row is alone: the one above it, of its terms, is not made.
    for lines in ((f"A1,{ALI}", f",{ALI}"), (f",{ALI}", f"A1,{ALI}"), (f"A1,{ALI}", f"A1,{MONA}", f",{MONA}")):
        file = _upload(importer, f"Ref,{BILL_HEADER}", *lines)
        assert [problem.number for problem in check_file(file, guessed(file), now=NOW).problems] == [3]


def test_another_merchants_imports_do_not_count(importer: tuple[Merchant, User]) -> None:
    _run(_upload(importer, BILL_HEADER, ALI))
    other = make_importer("other")

    _run(_upload(other, BILL_HEADER, ALI))

    assert Bill.objects.filter(merchant=other[0]).count() == 1


def test_a_column_that_names_a_merchant_is_left_out(importer: tuple[Merchant, User]) -> None:
    other, _user = make_importer("other")

    _run(_upload(importer, f"merchant,merchant_id,{BILL_HEADER}", f"other,{other.pk},{ALI}"))

    assert Bill.objects.get().merchant == importer[0]


def test_whoever_lost_the_right_meanwhile_makes_nothing(importer: tuple[Merchant, User]) -> None:
    job = _start(_upload(importer, BILL_HEADER, ALI))
    Membership.objects.update(role="VIEWER")

    run_jobs(seconds=60)

    job.refresh_from_db()
    assert (job.refused_count, Bill.objects.count()) == (1, 0)


def test_an_inactive_merchant_gets_no_bills(importer: tuple[Merchant, User]) -> None:
    file = _upload(importer, BILL_HEADER, ALI)
    under_way = _start(_upload(importer, BILL_HEADER, MONA))
    Merchant.objects.update(is_active=False)

    with pytest.raises(MerchantIsInactive):
        _start(file)
    run_jobs(seconds=60)

    assert under_way.rows.get().message == "This merchant is not active. Nothing can be imported for it."
    assert Job.objects.get() == under_way
    assert not Bill.objects.exists()
