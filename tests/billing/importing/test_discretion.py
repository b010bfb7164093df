"""What is kept of a file, and what the logs say of its rows."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.importing.importing import start_import
from billing.importing.uploading import FILES_LIVE
from billing.jobs.running import run_jobs
from billing.models import Bill, ImportFile, JobRow
from config.log_lines import DiscreetFormatter
from invoices.services.sweeps import tidy
from tests.billing.importing.uploads import ALI, BILL_HEADER, csv_file, guessed, make_importer, upload

pytestmark = pytest.mark.django_db


def test_a_row_that_breaks_is_logged_without_the_person_in_it(caplog: pytest.LogCaptureFixture) -> None:
    merchant, user = make_importer()
    file = upload(merchant, csv_file(BILL_HEADER, ALI), by=user, now=timezone.now())
    start_import(
        merchant_id=merchant.pk,
        file_id=file.pk,
        choices=guessed(file),
        only_good=False,
        started_by=user,
        now=timezone.now(),
    )
    # A name of which the check knows nothing and the database does: PostgreSQL tells the whole row.
    Bill.objects.bulk_create(_bill_with_the_next_number(merchant))

    with caplog.at_level(logging.ERROR):
        run_jobs(seconds=60)

    row = JobRow.objects.get()
    assert row.message == "Something unexpected went wrong with this row. Nothing was changed."
    lines = "\n".join(DiscreetFormatter().format(record) for record in caplog.records)
    assert f"job {row.job_id}, row 1" in lines
    assert "Ali Hasan" not in lines
    assert "0777839071" not in lines
    assert not any(word in lines for word in ("Failing row contains", "already exists."))


def test_files_are_forgotten_after_a_week_and_what_was_made_of_them_stays() -> None:
    merchant, user = make_importer()
    now = timezone.now()
    upload(merchant, csv_file(BILL_HEADER, ALI), by=user, now=now - FILES_LIVE - timedelta(minutes=1))
    young = upload(merchant, csv_file(BILL_HEADER, ALI), by=user, now=now - timedelta(days=6))

    tidy(now=now)

    assert list(ImportFile.objects.all()) == [young]


def _bill_with_the_next_number(merchant: object) -> list[Bill]:
    """The number that the imported bill would get is taken, which cannot happen but by a mistake of ours."""
    from billing.identifiers import document_number
    from tests.factories import make_bill

    made = make_bill(merchant)  # type: ignore[arg-type]
    day = merchant.local_date(timezone.now())  # type: ignore[attr-defined]
    made.pk, made.public_id, made.billing_no = None, "f" * 24, document_number("BILL", day, 2)
    return [made]
