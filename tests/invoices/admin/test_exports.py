"""Lists taken away: what is shown and no more, harmless in a spreadsheet, by those who may."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.admin.roles import ROLES_WITH, Right
from billing.exporting.files import write_workbook
from billing.importing.importing import check_file
from billing.models import Bill, Customer, Membership, Role
from billing.services import NewBill, create_bills
from invoices.models import Invoice, Payment
from subscriptions.models import Installment, Subscription
from tests.billing.importing.uploads import guessed, upload
from tests.factories import make_bill, make_merchant
from tests.invoices.admin.rows import Rows, make_rows, person_of
from tests.invoices.admin.walk import text_of, url
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

EXPORTED: list[type[Model]] = [Bill, Subscription, Installment, Invoice, Payment, Customer]
FORMULA = "=cmd|' /C calc'!A1"


@pytest.fixture
def mine() -> Rows:
    return make_rows("mine", phone="0770000001")


@pytest.fixture
def owner(mine: Rows) -> Client:
    return signed_in(person_of(mine))


def _csv(client: Client, model: type[Model], query: str = "") -> list[dict[str, str]]:
    text = text_of(client.get(f"{url(model, 'export_csv')}?{query}"))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def _sheet(client: Client, model: type[Model], query: str = "") -> list[tuple[Any, ...]]:
    response: Any = client.get(f"{url(model, 'export_xlsx')}?{query}")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return list(book.worksheets[0].iter_rows(values_only=True))


@pytest.mark.parametrize("model", EXPORTED)
def test_every_list_can_be_taken_away_in_both_formats(mine: Rows, owner: Client, model: type[Model]) -> None:
    rows = _csv(owner, model)
    sheet = _sheet(owner, model)

    assert len(rows) == model._default_manager.count() > 0
    assert tuple(rows[0]) == sheet[0]
    assert len(sheet) == len(rows) + 1
    page = owner.get(url(model, "changelist")).content.decode()
    assert url(model, "export_csv") in page
    assert url(model, "export_xlsx") in page


def test_the_file_has_the_filters_the_search_and_the_order_of_the_list(mine: Rows, owner: Client) -> None:
    for name, amount in (("Zaid", "3"), ("Amal", "1"), ("Zaid", "2")):
        make_bill(mine.merchant, customer_name=name, customer_phone="0799999999", amount=Decimal(amount))
    Bill.objects.filter(amount=2).update(status="CANCELLED")

    found = _csv(owner, Bill, "q=0799999999&status=PENDING&o=4")

    assert [(row["Customer's name"], row["Amount"]) for row in found] == [("Amal", "1.000"), ("Zaid", "3.000")]
    assert [row["Number"] for row in found] == [
        str(bill) for bill in Bill.objects.filter(customer_phone="0799999999", status="PENDING").order_by("amount")
    ]


def test_the_page_of_the_list_does_not_cut_the_file(mine: Rows, owner: Client) -> None:
    for number in range(3):
        make_bill(mine.merchant, amount=Decimal(number + 1))
    last = Bill.objects.order_by("-id")[0]

    assert len(_csv(owner, Bill, f"before={last.pk}")) == 4


def test_numbers_are_numbers_days_are_days_and_phones_are_text(mine: Rows, owner: Client) -> None:
    bill = make_bill(mine.merchant, customer_phone="0770000001", amount=Decimal("150.5"), due_date=date(2027, 12, 31))

    header, *rows = _sheet(owner, Bill)
    row = dict(zip(header, next(row for row in rows if row[0] == bill.billing_no), strict=True))

    assert (row["Amount"], row["Due date"].date(), row["Customer's phone"]) == (
        150.5,
        date(2027, 12, 31),
        "+962770000001",
    )


def test_every_file_says_what_the_labels_of_the_list_say(mine: Rows, owner: Client) -> None:
    late = make_bill(mine.merchant, due_date=date(2020, 1, 1))
    installment = mine.of[Installment]
    Installment.objects.filter(pk=installment.pk).update(status="INVOICED", due_date=date(2020, 1, 1))

    bill = next(row for row in _csv(owner, Bill) if row["Number"] == late.billing_no)
    first = next(row for row in _csv(owner, Installment) if row["Id"] == str(installment.pk))

    for row, code in ((bill, "PENDING"), (first, "INVOICED")):
        assert (row["Status"], row["Status code"]) == ("Overdue", code)


def test_a_phone_is_the_same_in_every_file_and_customers_come_back_as_they_went(mine: Rows, owner: Client) -> None:
    phone = "+962770000001"

    for model in (Bill, Subscription, Installment, Invoice, Payment, Customer):
        assert phone in {row["Customer's phone"] for row in _csv(owner, model)}, model
        titles, *rows = _sheet(owner, model)
        assert phone in {dict(zip(titles, row, strict=True))["Customer's phone"] for row in rows}, model
    ageing = owner.get("/admin/reports/ageing-by-customer/?as=csv").content.decode()
    assert f",{phone}," in ageing

    taken_away = text_of(owner.get(url(Customer, "export_csv")))
    for written in (phone, phone[1:], f"'{phone}"):  # as it is, as a spreadsheet keeps it, as files had it before
        content = taken_away.replace(phone, written).replace("mine", "renamed").encode()
        file = upload(mine.merchant, content, by=person_of(mine), now=timezone.now(), kind="CUSTOMER")
        checked = check_file(file, guessed(file), now=timezone.now())
        assert ([row.cells["phone"] for row in checked.good], checked.problems) == (["0770000001"], [])


def test_amounts_have_the_decimals_of_their_own_currency(mine: Rows, owner: Client) -> None:
    bill = make_bill(mine.merchant, amount=Decimal("12.5"))
    Bill.objects.filter(pk=bill.pk).update(currency="SAR")

    response: Any = owner.get(url(Bill, "export_xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
    header = [cell.value for cell in sheet[1]]
    formats = {row[0].value: row[header.index("Amount")].number_format for row in sheet.iter_rows(min_row=2)}

    amounts = {row["Number"]: row["Amount"] for row in _csv(owner, Bill)}
    jordanian = next(number for number in formats if number != bill.billing_no)
    assert (formats[bill.billing_no], amounts[bill.billing_no]) == ("#,##0.00", "12.50")
    assert (formats[jordanian], amounts[jordanian][-4:-3]) == ("#,##0.000", ".")


def test_a_workbook_may_have_more_columns_than_the_alphabet_has_letters() -> None:
    titles = [f"column {n}" for n in range(1, 30)]

    with write_workbook(titles, [list(range(1, 30))], is_rtl=False) as file:
        sheet = openpyxl.load_workbook(file).worksheets[0]

    assert [cell.value for cell in sheet[2]] == list(range(1, 30))
    assert sheet.column_dimensions["AC"].width == 18


@pytest.mark.parametrize("nasty", [FORMULA, "@SUM(A1)", "+1", "-1+2", "\t=1", "＝1"])
def test_no_spreadsheet_computes_what_stands_in_a_cell(mine: Rows, owner: Client, nasty: str) -> None:
    make_bill(mine.merchant, service_type="x")
    Bill.objects.filter(service_type="x").update(service_type=nasty)

    in_csv = next(row["Service"] for row in _csv(owner, Bill) if row["Service"] != "service mine")
    response: Any = owner.get(url(Bill, "export_xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value == nasty.replace("\t", " ")]

    assert in_csv.startswith("'")
    assert [cell.data_type for cell in cells] == ["s"]


def test_strangers_rows_are_never_among_them(mine: Rows, owner: Client) -> None:
    theirs = make_rows("stranger", phone="0788888888")

    for model in EXPORTED:
        for query in ("", f"merchant={theirs.merchant.pk}", f"q={theirs.phone}"):
            assert theirs.mark not in str(_csv(owner, model, query))
            assert theirs.mark not in str(_sheet(owner, model, query))


@pytest.mark.parametrize("role", Role)
def test_only_some_roles_take_lists_away(mine: Rows, role: Role) -> None:
    client = signed_in(make_staff(mine.merchant, role, username="somebody"))
    may = role in ROLES_WITH[Right.EXPORT]

    for model in EXPORTED:
        for name in ("export_csv", "export_xlsx"):
            assert client.get(url(model, name)).status_code == (200 if may else 403)
        assert (url(model, "export_csv") in client.get(url(model, "changelist")).content.decode()) == may
    assert may == (role != Role.VIEWER)


def test_what_a_person_may_only_see_at_one_merchant_is_left_out(mine: Rows) -> None:
    other = make_merchant("other")
    make_bill(other, customer_name="only seen")
    person = make_staff(mine.merchant, Role.CLERK, username="somebody")
    Membership.objects.create(merchant=other, user=person, role=Role.VIEWER)

    rows = _csv(signed_in(person), Bill)

    assert {row["Merchant"] for row in rows} == {"mine trading"}


def test_a_longer_file_costs_no_more_queries(mine: Rows, owner: Client) -> None:
    few = _queries_of(owner)

    for number in range(5):
        copy = Payment.objects.get(pk=mine.of[Payment].pk)
        copy.pk, copy.transaction_token = None, f"more-{number}"
        copy.save()

    assert len(_csv(owner, Payment)) == 6
    assert _queries_of(owner) == few


def test_a_longer_file_needs_no_more_memory(mine: Rows, owner: Client) -> None:
    _make_bills(mine, 1_500)
    short = _peak_of(owner)

    _make_bills(mine, 2_500)

    assert Bill.objects.count() == 4_001
    assert _peak_of(owner) < 1.2 * short


def _make_bills(mine: Rows, count: int) -> None:
    new = NewBill(
        customer_name="Zaid",
        customer_phone="0799999999",
        service_type="Water",
        amount=Decimal(1),
        due_date=date(2027, 1, 1),
    )
    for _chunk in range(count // 250):
        create_bills(merchant=mine.merchant, new=[new] * 250, actor="system", now=timezone.now())


def _peak_of(client: Client) -> int:
    response: Any = client.get(url(Bill, "export_csv"))
    tracemalloc.start()
    try:
        assert sum(1 for _line in response.streaming_content) > 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        _csv(client, Payment)
    return len(queries)


def test_the_words_are_in_the_persons_language(mine: Rows, owner: Client) -> None:
    owner.cookies["django_language"] = "ar"

    assert "متأخرة" in str(_csv(owner, Bill))
