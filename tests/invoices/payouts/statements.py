"""The gateway's statements as files, imported as staff import them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing.clock import database_now
from billing.importing.importing import start_import
from billing.jobs.running import run_jobs
from billing.models import ImportFile, Job, User
from invoices.models import GatewayStatement, GatewayStatementLine, Payment
from tests.billing.importing.uploads import csv_file, guessed, upload
from tests.invoices.reports.books import Books
from tests.staff import make_staff

HEADER = "Transaction id,Reference,Type,Gross,Fee,Net,Date,Settlement,Settlement date"
MARCH = date(2026, 3, 2)
Found = tuple[str, str, str | None]


def paid(books: Books, amount: str, day: date = MARCH) -> Payment:
    """A bill paid through its link."""
    return books.online(books.bill(amount=Decimal(amount)), Decimal(amount), books.at(day, 12))


def line_of(payment: Payment, *, gross: str = "", fee: str = "0.250", day: date = MARCH, kind: str = "Sale") -> str:
    amount = Decimal(gross or payment.amount)
    return f"{payment.transaction_token},,{kind},{amount},{fee},{amount - Decimal(fee)},{day},S-1,2026-03-05"


def uploaded(books: Books, *lines: str, header: str = HEADER, by: User | None = None) -> ImportFile:
    importer = by or User.objects.filter(username=f"importer-{books.merchant.username}").first()
    importer = importer or make_staff(books.merchant, username=f"importer-{books.merchant.username}")
    content = csv_file(header, *lines)
    return upload(books.merchant, content, by=importer, now=database_now(), kind="GATEWAY_STATEMENT")


def started(file: ImportFile) -> Job:
    return start_import(
        merchant_id=file.merchant_id,
        file_id=file.pk,
        choices=guessed(file),
        only_good=False,
        started_by=file.uploaded_by,
        now=database_now(),
    )


def imported(books: Books, *lines: str, header: str = HEADER) -> GatewayStatement:
    job = started(uploaded(books, *lines, header=header))
    run_jobs(seconds=60)
    return GatewayStatement.objects.get(job=job)


def found_in(statement: GatewayStatement) -> list[Found]:
    """What each line is known by, what was found, and the transaction of our payment."""
    lines = GatewayStatementLine.objects.filter(statement=statement).select_related("payment").order_by("number")
    return [(str(line), line.finding, line.payment and line.payment.transaction_token) for line in lines]
