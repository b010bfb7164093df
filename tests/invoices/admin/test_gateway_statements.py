"""The pages of the gateway's statements: what they say, what is done from them, and who is kept out."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing.jobs.running import run_jobs
from billing.models import ImportFile, Role
from invoices.models import GatewayStatement, GatewayStatementLine, Payment
from tests.billing.importing.uploads import csv_file
from tests.invoices.payouts.statements import HEADER, MARCH, imported, line_of, paid, started, uploaded
from tests.invoices.reports.books import Books
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
STATEMENTS, LINES = "/admin/invoices/gatewaystatement/", "/admin/invoices/gatewaystatementline/"


@pytest.fixture
def books() -> Books:
    return Books("Asia/Amman")


def somebody(books: Books, role: Role) -> Client:
    return signed_in(make_staff(books.merchant, role, username=f"{role.lower()}-{books.merchant.username}"))


def test_a_manager_imports_a_statement_by_its_pages(books: Books) -> None:
    manager, payment = somebody(books, Role.MANAGER), paid(books, "10")
    content = csv_file(HEADER, line_of(payment), "NOBODYS,,Sale,4,0.1,3.9,2026-03-10,S-2,2026-03-12")

    start = manager.get(STATEMENTS).context["import_url"]
    assert manager.get(start).context["form"].initial["kind"] == "GATEWAY_STATEMENT"
    form = {"merchant": books.merchant.pk, "kind": "GATEWAY_STATEMENT"}
    columns = manager.post(start, form | {"file": SimpleUploadedFile("nov.csv", content)})["Location"]
    proposed = manager.get(columns).context["form"].initial
    check = manager.post(columns, proposed)["Location"]
    shown = manager.get(check)
    job = manager.post(check, {"rehearsed": shown.context["rehearsed"]})["Location"]
    run_jobs(seconds=60)

    assert "Compared with the last import" not in shown.content.decode()
    assert "/admin/billing/job/" in job
    statement = GatewayStatement.objects.get()
    page = manager.get(f"{STATEMENTS}{statement.pk}/change/").content.decode()
    for told in ("nov.csv", "Agrees", "Unknown to us", "14.000", f"?statement={statement.pk}&amp;finding=UNKNOWN"):
        assert told in page, told


def test_clerks_import_bills_and_no_statements(books: Books) -> None:
    clerk = somebody(books, Role.CLERK)
    form = {"merchant": books.merchant.pk, "kind": "GATEWAY_STATEMENT"}

    page = clerk.post("/admin/billing/importfile/add/", form | {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2")})

    assert "kind" in page.context["form"].errors
    assert not ImportFile.objects.exists()
    assert clerk.get(STATEMENTS).status_code == 403


def test_a_line_says_what_to_do_about_it(books: Books) -> None:
    payment, ours = paid(books, "10"), paid(books, "20")
    assert ours.invoice
    reference = ours.invoice.reference
    ours.delete()
    statement = imported(
        books,
        line_of(payment, gross="11"),
        line_of(payment),
        f",{reference},Sale,20,0,20,2026-03-02,,",
        "NOBODYS,,Sale,4,0.1,3.5,2026-03-10,,",
    )
    auditor = somebody(books, Role.AUDITOR)

    def page_of(number: int) -> str:
        line = statement.lines.get(number=number)
        return auditor.get(f"{LINES}{line.pk}/change/").content.decode()

    assert "The gateway states another amount than is recorded here." in page_of(2)
    assert "The same payment was stated before" in page_of(3)
    assert "The invoice below is yours" in page_of(4)
    assert f"/admin/invoices/invoice/{ours.invoice_id}/change/" in page_of(4)
    assert "Nothing here has this transaction or reference." in page_of(5)


def test_a_line_that_names_a_payment_otherwise_leads_to_the_line_that_counts(books: Books) -> None:
    payment = paid(books, "10")
    assert payment.invoice
    counted = imported(books, line_of(payment)).lines.get()
    repeated = imported(books, f",{payment.invoice.reference},Sale,10,0,10,2026-03-02,,").lines.get()

    page = somebody(books, Role.AUDITOR).get(f"{LINES}{repeated.pk}/change/").content.decode()

    assert f"{LINES}{counted.pk}/change/" in page


def test_a_statement_with_rows_that_were_not_imported_says_so(books: Books) -> None:
    file = uploaded(books, line_of(paid(books, "10")), line_of(paid(books, "20")))
    job = started(file)
    row = job.rows.order_by("position").last()
    assert row
    GatewayStatementLine.objects.create(  # in the place of the second row, which is refused for it
        merchant=books.merchant,
        statement=GatewayStatement.objects.get(),
        number=row.position,
        paid_on=MARCH,
        amount=1,
        fee=0,
        net=1,
    )
    run_jobs(seconds=60)
    job.refresh_from_db()
    assert (job.status, job.refused_count) == ("DONE", 1)

    page = somebody(books, Role.OWNER).get(f"{STATEMENTS}{GatewayStatement.objects.get().pk}/change/").content.decode()

    assert "1 row could not be imported" in page


def test_a_payment_leads_to_the_line_that_names_it_and_says_what_was_found(
    books: Books, django_assert_max_num_queries: Any
) -> None:
    agreeing, differing, unstated = (paid(books, amount) for amount in ("10", "20", "30"))
    statement = imported(books, line_of(agreeing), line_of(differing, gross="20.500"))
    stranger = Books("Asia/Amman", username="stranger")
    imported(stranger, "T-9,,Sale,30,0,30,2026-03-02,,").lines.update(payment=unstated)
    lines = {line.payment_id: f"{LINES}{line.pk}/change/" for line in statement.lines.all()}
    owner, cashier = somebody(books, Role.OWNER), somebody(books, Role.CASHIER)

    def page_of(payment: Payment, client: Client = owner) -> str:
        return client.get(f"/admin/invoices/payment/{payment.pk}/change/").content.decode()

    with django_assert_max_num_queries(12):
        agrees = page_of(agreeing)
    differs = page_of(differing)

    assert lines[agreeing.pk] in agrees
    assert f">{statement.name}</bdi> · Row 2</a>" in agrees
    assert ("Agrees" in agrees, "Agrees" in differs) == (True, False)
    assert lines[differing.pk] in differs
    assert "Amount differs" in differs
    assert "20.500" in differs
    assert LINES not in page_of(unstated)
    assert lines[agreeing.pk] not in page_of(agreeing, cashier)


def test_comparing_again_and_withdrawing_from_the_page(books: Books) -> None:
    statement = imported(books, "T-1,,Sale,10,0,10,2026-03-02,,")
    manager, page = somebody(books, Role.MANAGER), f"{STATEMENTS}{statement.pk}/"
    paid(books, "10")

    manager.post(f"{page}do/compare/")
    assert statement.lines.get().finding == "MATCHED"
    manager.post(f"{page}do/withdraw/")

    assert not GatewayStatementLine.objects.exists()
    assert "This statement was withdrawn." in manager.get(f"{page}change/").content.decode()
    again = manager.post(f"{page}do/withdraw/", follow=True).content.decode()
    assert "Upload its file again to have it back." in again


def test_another_merchants_statements_do_not_exist(books: Books) -> None:
    stranger = Books("Asia/Amman", username="stranger")
    statement = imported(stranger, line_of(paid(stranger, "77")))
    line, owner = statement.lines.get(), somebody(books, Role.OWNER)

    for address in (
        f"{STATEMENTS}{statement.pk}/change/",
        f"{STATEMENTS}{statement.pk}/do/withdraw/",
        f"{LINES}{line.pk}/change/",
    ):
        assert owner.get(address).status_code == 404
    assert owner.post(f"{STATEMENTS}{statement.pk}/do/withdraw/").status_code == 404
    lists = [STATEMENTS, f"{LINES}?statement={statement.pk}", f"{LINES}export.csv?statement={statement.pk}"]
    for address in lists:
        response: Any = owner.get(address)
        text = b"".join(response.streaming_content) if response.streaming else response.content
        assert b"77.000" not in text, address
    statement.refresh_from_db()
    assert statement.withdrawn_at is None


@pytest.mark.parametrize("address", [STATEMENTS, LINES])
def test_a_list_costs_the_same_queries_however_long_it_is(
    address: str, books: Books, django_assert_max_num_queries: Any
) -> None:
    for at in range(3):
        imported(books, *(line_of(paid(books, str(10 * at + amount))) for amount in range(1, 6)))
    owner = somebody(books, Role.OWNER)

    with django_assert_max_num_queries(12):
        page = owner.get(address)

    assert len(page.context["cl"].result_list) in (3, 15)
