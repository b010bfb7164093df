"""A statement from a file: shown first, imported once, and withdrawn when it was read in the wrong way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.clock import database_now
from billing.importing.importing import FileImportedAlready, RowsAreWrong, check_file, start_import
from billing.jobs.kinds import kind_of
from billing.jobs.running import claim_job, do_row, run_jobs
from billing.jobs.stopping import stop_job
from billing.models import ImportFile, Job, Membership, User
from invoices.models import GatewayStatement, GatewayStatementLine
from invoices.payouts.importing import StatementImportedAlready
from invoices.payouts.withdrawing import StatementIsUnderWay, StatementIsWithdrawn, withdraw_statement
from tests.billing.importing.uploads import guessed, upload, workbook
from tests.invoices.payouts.statements import found_in, imported, line_of, paid, started, uploaded
from tests.invoices.reports.books import Books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return Books("Asia/Amman")


def withdraw(statement: GatewayStatement) -> GatewayStatement:
    return withdraw_statement(
        merchant_id=statement.merchant_id,
        statement_id=statement.pk,
        user=statement.imported_by,
        now=database_now(),
    )


def do_first_row(job: Job) -> None:
    """A worker that dies after it."""
    worker = claim_job(now=database_now())
    assert worker is not None
    do_row(worker, kind_of(worker), row_id=job.rows.get(position=1).pk, now=database_now())
    Job.objects.update(lease_until=database_now() - timedelta(seconds=1))


def started_otherwise(file: ImportFile) -> Job:
    """With another column for the fees than the one that is proposed."""
    choices = guessed(file)
    headers = {code: name for code, name in choices.headers.items() if code != "fee"}
    return start_import(
        merchant_id=file.merchant_id,
        file_id=file.pk,
        choices=type(choices)(headers=headers),
        only_good=False,
        started_by=file.uploaded_by,
        now=database_now(),
    )


def test_a_file_becomes_a_statement_with_its_lines(books: Books) -> None:
    payment = paid(books, "10.125")

    statement = imported(
        books,
        line_of(payment, fee="0.127"),
        "R-1,,Refund,3,,,2026-03-09,S-2,2026-03-12",
    )

    line = statement.lines.get(number=2)
    assert (line.kind, line.transaction, line.paid_on) == ("PAYMENT", "T-1", date(2026, 3, 2))
    assert (line.amount, line.fee, line.net) == (Decimal("10.125"), Decimal("0.127"), Decimal("9.998"))
    assert (line.payout_reference, line.payout_on) == ("S-1", date(2026, 3, 5))
    assert (statement.amount, statement.fee, statement.net) == (Decimal("7.125"), Decimal("0.127"), Decimal("6.998"))
    assert (statement.first_day, statement.last_day, statement.line_count) == (date(2026, 3, 2), date(2026, 3, 9), 2)
    assert (statement.name, statement.currency) == ("bills.csv", "JOD")
    assert statement.job.rows.get(position=1).key == "2 · T-1"


def test_a_workbook_with_arabic_headers_and_digits_is_read_as_well(books: Books) -> None:
    payment = paid(books, "1234.500")
    rows = [
        ["رقم الحركة", "نوع الحركة", "المبلغ الإجمالي", "العمولة", "الصافي", "تاريخ الحركة", "رقم التسوية", "العملة"],
        [payment.transaction_token, "بيع", "١٬٢٣٤٫٥٠٠", "(٢٫٥٠٠)", "١٢٣٢٫٠٠٠", "٢٠٢٦-٠٣-٠٢ 14:05", "ت-١", "JOD"],
    ]
    importer = uploaded(books, line_of(payment)).uploaded_by
    file = upload(books.merchant, workbook(*rows), by=importer, now=database_now(), kind="GATEWAY_STATEMENT")

    job = started(file)
    run_jobs(seconds=60)

    line = GatewayStatementLine.objects.get(statement__job=job)
    assert (line.amount, line.fee, line.net) == (Decimal("1234.500"), Decimal("2.500"), Decimal("1232.000"))
    assert (line.finding, line.payment, line.payout_reference) == ("MATCHED", payment, "ت-1")


def test_wrong_cells_are_named_and_stop_the_whole_file(books: Books) -> None:
    file = uploaded(
        books,
        line_of(paid(books, "10")),
        'T-2,,Sale,"1,5",0,1,2026-03-02,,',
        "T-3,,whatever,1,0,1,2026-13-02,,",
        ",,Sale,1,0,1,2026-03-02,,",
    )

    problems = check_file(file, guessed(file), now=database_now()).problems
    with pytest.raises(RowsAreWrong):
        started(file)

    assert [(problem.number, problem.column) for problem in problems] == [
        (3, "Gross"),
        (4, "Type"),
        (4, "Date"),
        (5, "Transaction id"),
    ]
    assert not GatewayStatement.objects.exists()
    assert not Job.objects.exists()


def test_the_same_file_twice_is_one_statement_however_it_is_read(books: Books) -> None:
    lines = (line_of(paid(books, "10")),)
    statement = imported(books, *lines)

    with pytest.raises(FileImportedAlready):
        started(uploaded(books, *lines))
    with pytest.raises(StatementImportedAlready):
        started_otherwise(uploaded(books, *lines))

    assert GatewayStatement.objects.get() == statement
    assert (statement.lines.count(), Job.objects.count()) == (1, 1)


def test_another_merchants_same_file_is_another_statement(books: Books) -> None:
    stranger = Books("Asia/Amman", username="stranger")
    line = "NOBODYS,,Sale,5,0,5,2026-03-02,,"

    assert imported(books, line).digest == imported(stranger, line).digest
    assert GatewayStatementLine.objects.filter(finding="UNKNOWN").count() == 2


def test_a_worker_that_dies_half_way_leaves_no_doubles(books: Books) -> None:
    job = started(uploaded(books, *(line_of(paid(books, amount)) for amount in ("10", "20", "30"))))
    do_first_row(job)

    run_jobs(seconds=60)

    assert found_in(GatewayStatement.objects.get()) == [(f"T-{n}", "MATCHED", f"T-{n}") for n in (1, 2, 3)]


def test_an_import_that_was_stopped_begins_anew_and_its_old_job_adds_nothing(books: Books) -> None:
    lines = [line_of(paid(books, amount)) for amount in ("10", "20")]
    file = uploaded(books, *lines)
    stopped = started(file)
    do_first_row(stopped)
    stop_job(merchant_id=file.merchant_id, job_id=stopped.pk, user=file.uploaded_by, now=database_now())
    run_jobs(seconds=60)

    again = started_otherwise(uploaded(books, *lines))
    do_row(stopped, kind_of(stopped), row_id=stopped.rows.get(position=2).pk, now=database_now())
    run_jobs(seconds=60)

    statement = GatewayStatement.objects.get()
    assert statement.job == again
    assert found_in(statement) == [("T-1", "MATCHED", "T-1"), ("T-2", "MATCHED", "T-2")]
    assert stopped.rows.get(position=2).message.startswith("This statement was withdrawn")


def test_a_withdrawn_statement_frees_its_payments_and_its_file(books: Books) -> None:
    payment = paid(books, "10")
    first = imported(books, line_of(payment))
    later = imported(books, line_of(payment), line_of(paid(books, "20")))
    assert found_in(later)[0] == ("T-1", "DOUBLED", None)

    withdraw(first)

    first.refresh_from_db()
    assert (first.lines.count(), first.withdrawn_by) == (0, first.imported_by)
    assert found_in(later)[0] == ("T-1", "MATCHED", "T-1")
    assert found_in(imported(books, line_of(payment))) == [("T-1", "DOUBLED", None)]
    with pytest.raises(StatementIsWithdrawn):
        withdraw(first)


def test_a_statement_that_is_being_imported_is_not_withdrawn(books: Books) -> None:
    job = started(uploaded(books, line_of(paid(books, "10"))))
    statement = GatewayStatement.objects.get(job=job)

    with pytest.raises(StatementIsUnderWay):
        withdraw(statement)

    statement.refresh_from_db()
    assert statement.withdrawn_at is None


def test_a_clerk_does_not_import_statements(books: Books) -> None:
    job = started(uploaded(books, line_of(paid(books, "10"))))
    Membership.objects.filter(user=User.objects.get(pk=job.created_by_id)).update(role="CLERK")

    run_jobs(seconds=60)

    job.refresh_from_db()
    assert job.refused_count == 1
    assert not GatewayStatementLine.objects.exists()
