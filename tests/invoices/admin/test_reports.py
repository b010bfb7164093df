"""The pages of the reports: who may open them, what they are asked for, what they show and give away."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from billing.clock import database_now
from billing.models import Membership, Role
from invoices.reports.catalogue import REPORTS
from tests.invoices.reports.books import Books
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db
NAMES = [one.name for one in REPORTS]
READERS = {Role.OWNER, Role.MANAGER, Role.AUDITOR}


@pytest.fixture
def books() -> Books:
    """Cash of today and owed since yesterday; a customer whose name begins like a formula."""
    books = Books("Asia/Amman")
    today = books.merchant.local_date(database_now())
    bill = books.bill(
        amount=Decimal("20.500"),
        due_date=today - timedelta(days=1),
        customer=books.customers[2],
        amount_paid=Decimal("7.250"),
    )
    books.customers[2].name = "=HYPERLINK(1)"
    books.customers[2].save()
    books.cash(bill, Decimal("7.250"), books.at(today, 0, 5))
    return books


def address_of(name: str, books: Books) -> str:
    """With the customer that one of them is about."""
    is_of_customer = next(one for one in REPORTS if one.name == name).is_of_customer
    return f"/admin/reports/{name}/?" + (f"customer={books.customers[2].pk}" if is_of_customer else "")


def owner_of(books: Books) -> Client:
    return signed_in(make_staff(books.merchant, Role.OWNER, username="somebody"))


@pytest.mark.parametrize("role", Role)
def test_reports_are_open_to_their_roles_and_closed_to_the_others(role: Role, books: Books) -> None:
    somebody = signed_in(make_staff(books.merchant, role, username="somebody"))
    expected = 200 if role in READERS else 403

    for address in ("/admin/reports/", *(f"/admin/reports/{name}/" for name in NAMES)):
        assert somebody.get(address).status_code == expected, address
    home = somebody.get("/admin/").content.decode()

    assert ("/admin/reports/" in home) == (role in READERS)


@pytest.mark.parametrize("name", NAMES)
def test_a_report_has_its_chart_table_totals_and_files_in_few_queries(
    name: str, books: Books, django_assert_max_num_queries: Any
) -> None:
    owner = owner_of(books)

    with django_assert_max_num_queries(12):
        page = owner.get(address_of(name, books))

    assert page.status_code == 200
    table = page.context.get("table")
    assert len(table["totals"]) == len(table["columns"])
    for kind in ("csv", "xlsx"):
        assert owner.get(f"/admin/reports/{name}/{page.context['links'][kind]}").status_code == 200
    assert "report-paper" in owner.get(f"{address_of(name, books)}&as=print").content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_another_merchants_report_does_not_exist(name: str, books: Books) -> None:
    stranger = Books("Asia/Amman", username="stranger")
    owner = owner_of(books)

    theirs = owner.get(f"/admin/reports/{name}/?merchant={stranger.merchant.pk}")
    nobodys = owner.get(f"/admin/reports/{name}/?merchant=x")

    assert theirs.status_code == nobodys.status_code == 404
    assert Client().get(f"/admin/reports/{name}/").status_code == 302


def test_a_role_counts_at_its_own_merchant_alone(books: Books) -> None:
    other = Books("Asia/Amman", username="other")
    user = make_staff(books.merchant, Role.OWNER, username="somebody")
    Membership.objects.create(merchant=other.merchant, user=user, role=Role.CLERK)

    page = signed_in(user).get(f"/admin/reports/ageing/?merchant={other.merchant.pk}")

    assert page.status_code == 404


def test_who_has_several_merchants_chooses_one(books: Books) -> None:
    other = Books("Asia/Amman", username="other")
    administrator = signed_in(make_administrator())

    first = administrator.get("/admin/reports/ageing/")
    chosen = administrator.get(f"/admin/reports/ageing/?merchant={books.merchant.pk}")

    assert first.context["merchant_name"] == other.merchant.name_en
    assert first.context["form"].data["merchant"] == str(other.merchant.pk)
    assert "20.500" not in first.content.decode()
    assert "13.250" in chosen.content.decode()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("from=2026-03-01&to=2026-02-01", "The last day lies before the first."),
        ("from=2024-01-01&to=2026-06-01", "A report covers at most 24 months."),
        ("from=yesterday", "Enter a valid date."),
        ("from=9999-01-01", "Enter a day between 2000 and 2100."),
        ("currency=EUR", "is not one of the available choices."),
        ("from=%00&to=%FF", "Enter a valid date."),
    ],
)
def test_what_cannot_be_asked_is_refused_beside_the_form(query: str, told: str, books: Books) -> None:
    for kind in ("", "&as=csv"):
        page = signed_in(books.cashiers[0]).get(f"/admin/reports/collected-by-day/?{query}{kind}")

        assert page.status_code == 200
        assert told in page.content.decode()
        assert "table" not in page.context


def test_files_hold_bare_figures_and_no_formulas(books: Books) -> None:
    owner = owner_of(books)

    csv = owner.get("/admin/reports/ageing-by-customer/?as=csv")
    sheet = load_workbook(io.BytesIO(owner.get("/admin/reports/ageing-by-customer/?as=xlsx").content)).active

    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Customer,Phone,Not due yet (JOD),1 to 30 days late (JOD)")
    assert lines[1:] == [
        "'=HYPERLINK(1),+962790000002,0.000,13.250,0.000,0.000,0.000,13.250",
        "Total,,0.000,13.250,0.000,0.000,0.000,13.250",
    ]
    assert csv["Content-Disposition"].startswith('attachment; filename="ageing-by-customer-razzbery-')
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1] == ("=HYPERLINK(1)", "+962790000002", 0, 13.25, 0, 0, 0, 13.25)
    assert [cell.data_type for cell in sheet[2]][:3] == ["s", "s", "n"]
    assert sheet["D2"].number_format == "#,##0.000"


def test_the_days_begin_with_this_month_and_money_of_today_is_in_it(books: Books) -> None:
    page = owner_of(books).get("/admin/reports/collected-by-day/")

    today = books.merchant.local_date(database_now())
    assert page.context["form"].data["from"] == today.replace(day=1).isoformat()
    assert page.context["form"].data["to"] == today.isoformat()
    assert len(page.context["table"]["rows"]) == 1
    assert len(page.context["chart"].bars) == 1
    assert page.context["chart"].bars[0].height == "100.000%"


def test_an_empty_report_says_what_to_do(books: Books) -> None:
    page = owner_of(books).get("/admin/reports/collected-by-day/?from=2001-01-01&to=2001-01-31")

    assert "Nothing in these days." in page.content.decode()


def test_only_currencies_that_the_documents_have_are_offered(books: Books) -> None:
    stranger = Books("Asia/Amman", username="stranger")
    stranger.merchant.currency = "KWD"
    stranger.merchant.save()
    owner = owner_of(books)

    before = owner.get("/admin/reports/billed/").context["form"].fields["currency"].choices
    books.merchant.currency = "SAR"
    books.merchant.save()
    after = owner.get("/admin/reports/billed/").context["form"].fields["currency"].choices

    assert [code for code, _label in before] == ["JOD"]
    assert [code for code, _label in after] == ["SAR", "JOD"]


def test_a_customers_statement_is_found_shown_and_taken_away(books: Books, django_assert_max_num_queries: Any) -> None:
    owner, customer = owner_of(books), books.customers[2]
    today = books.merchant.local_date(database_now())
    to_choose = owner.get("/admin/reports/customer-statement/")
    offered = owner.get(to_choose.context["customers_url"] + "&term=HYPERLINK").content.decode()
    link = f"customer={customer.pk}"

    with django_assert_max_num_queries(12):
        page = owner.get(f"/admin/reports/customer-statement/?{link}")
    csv = owner.get(f"/admin/reports/customer-statement/?{link}&as=csv").content.decode("utf-8-sig").splitlines()
    of_today = owner.get(f"/admin/reports/customer-statement/?{link}&from={today}&to={today}&as=csv")

    assert "table" not in to_choose.context
    assert "Choose a customer" in to_choose.content.decode()
    assert link in offered
    yesterday, bill = today - timedelta(days=1), customer.bills.get()
    since = today.replace(year=today.year - 1) + timedelta(days=1)
    assert csv == [
        "Date,Description,Number,Charged (JOD),Paid (JOD),Balance (JOD)",
        f"{since},Opening balance,,,,0.000",
        f"{yesterday},{bill.service_type},{bill.billing_no},20.500,,20.500",
        f"{today},Payment · Cash,,,7.250,13.250",
        f"{today},Closing balance,,,,13.250",
        "Total,,,20.500,7.250,",
    ]
    bars = [line.total for line in page.context["chart"].lines]
    assert bars == [f"JOD\u00a0{amount}" for amount in ("0.000", "20.500", "7.250", "13.250")]
    assert f",Opening balance,,,,20.500\r\n{today},Payment · Cash,,,7.250" in of_today.content.decode()
    assert (
        f"/admin/reports/customer-statement/?{link}"
        in owner.get(f"/admin/billing/customer/{customer.pk}/change/").content.decode()
    )


def test_another_merchants_customer_has_no_statement_here(books: Books) -> None:
    stranger = Books("Asia/Amman", username="stranger")
    both = make_staff(books.merchant, Role.OWNER, username="both")
    Membership.objects.create(merchant=stranger.merchant, user=both, role=Role.CLERK)

    for client in (owner_of(books), signed_in(both)):
        for asked in (stranger.customers[0].pk, 10**9, "x", "%00", "9" * 30):
            for kind in ("", "&as=csv"):
                found = client.get(f"/admin/reports/customer-statement/?customer={asked}{kind}")
                assert found.status_code == 404, asked


def test_paper_says_which_days_it_is_about(books: Books) -> None:
    asked = "from=2026-01-05&to=2026-02-07&as=print"

    paper = owner_of(books).get(f"{address_of('customer-statement', books)}&{asked}").content.decode()

    assert "5 Jan 2026 – 7 Feb 2026" in paper
    assert "=HYPERLINK(1)</bdi> · <bdi" in paper


def test_arabic_pages_are_written_from_right_to_left(books: Books) -> None:
    owner = owner_of(books)
    owner.cookies["django_language"] = "ar"

    page = owner.get("/admin/reports/ageing/")
    book = load_workbook(io.BytesIO(owner.get("/admin/reports/ageing/?as=xlsx").content))

    assert 'dir="rtl"' in page.content.decode()
    assert book.active is not None
    assert book.active.sheet_view.rightToLeft
