"""The pages of an import: the file, its columns, the check, the job. For those who may, and their own merchants."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from billing.admin.roles import ROLES_WITH, Right
from billing.importing.files import read_file
from billing.jobs.running import run_jobs
from billing.models import Bill, Event, ImportFile, ImportMapping, Job, Merchant, Role, User
from subscriptions.models import Subscription
from tests.billing.importing.uploads import ALI, BILL_HEADER, MONA, csv_file, make_importer, upload
from tests.factories import make_bill
from tests.invoices.admin.whole_list import act_on_all
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db

ADD = "/admin/billing/importfile/add/"
COLUMNS = {
    "column_name": "Name",
    "column_phone": "Phone",
    "column_service": "Service",
    "column_amount": "Amount",
    "column_due_date": "Due date",
    "day_form": "ISO",
}


@pytest.fixture
def importer() -> tuple[Merchant, User]:
    return make_importer()


def _post_file(
    client: Client, merchant: Merchant, content: bytes, *, name: str = "bills.csv", kind: str = "BILL"
) -> Any:
    return client.post(ADD, {"merchant": merchant.pk, "kind": kind, "file": SimpleUploadedFile(name, content)})


def _address(file: ImportFile, step: str) -> str:
    return f"/admin/billing/importfile/{file.pk}/{step}/"


def test_a_clerk_imports_a_file_from_its_upload_to_the_bills(importer: tuple[Merchant, User]) -> None:
    merchant, _user = importer
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    uploaded = _post_file(clerk, merchant, csv_file(BILL_HEADER, ALI, MONA))
    file = ImportFile.objects.get()
    columns = clerk.get(uploaded["Location"])
    chosen = clerk.post(uploaded["Location"], COLUMNS)
    check = clerk.get(chosen["Location"])
    assert not Job.objects.exists()
    started = clerk.post(chosen["Location"], rows_in(check))
    run_jobs(seconds=60)

    assert columns.context["form"].initial == {f"column_{key}": value for key, value in _guess().items()} | {
        "day_form": "ISO",
        "restores_zero": False,
    }
    assert "JOD\u00a0170.500" in check.content.decode()
    assert started["Location"] == f"/admin/billing/job/{Job.objects.get().pk}/change/"
    file.refresh_from_db()
    assert (Bill.objects.count(), file.job) == (2, Job.objects.get())
    assert ImportMapping.objects.get(merchant=merchant, kind="BILL").choices["headers"] == _guess()


def test_choices_are_remembered_for_the_next_file(importer: tuple[Merchant, User]) -> None:
    merchant, user = importer
    client = signed_in(user)
    content = csv_file("A,B,C,D,E", "Ali,777839071,Water,5,31/12/2027")
    first = upload(merchant, content, by=user, now=timezone.now())
    columns = dict(zip(list(COLUMNS)[:5], "ABCDE", strict=True))
    client.post(_address(first, "change"), columns | {"day_form": "DAY_FIRST", "restores_zero": "on"})

    second = upload(merchant, content + b"Mona,788888888,Gas,6,30/12/2027\n", by=user, now=timezone.now())
    proposed = client.get(_address(second, "change")).context["form"].initial

    assert proposed == columns | {"day_form": "DAY_FIRST", "restores_zero": True}


def test_missing_and_doubled_columns_are_refused_by_name(importer: tuple[Merchant, User]) -> None:
    file = upload(importer[0], csv_file(BILL_HEADER, ALI), by=importer[1], now=timezone.now())
    chosen = COLUMNS | {"column_amount": "", "column_service": "Name"}

    page = signed_in(importer[1]).post(_address(file, "change"), chosen)

    assert page.context["form"].non_field_errors() == ["Choose the columns of: Amount", "Chosen twice: Name"]
    file.refresh_from_db()
    assert file.choices == {}


def test_wrong_rows_are_shown_with_what_stands_there_and_nothing_is_started(importer: tuple[Merchant, User]) -> None:
    bad = "<b>Bad</b>,12345,Water,1e3,2027-12-31"
    file = upload(importer[0], csv_file(BILL_HEADER, ALI, bad), by=importer[1], now=timezone.now())
    client = signed_in(importer[1])
    client.post(_address(file, "change"), COLUMNS)

    check = client.get(_address(file, "check"))
    page, shown = check.content.decode(), rows_in(check)
    refused = client.post(_address(file, "check"), shown, follow=True)

    assert '<bdi dir="auto">12345</bdi>' in page
    assert '<bdi dir="auto">1e3</bdi>' in page
    assert "<b>Bad</b>" not in page
    assert "Some rows are wrong." in told(refused)[0]
    assert not Job.objects.exists()

    client.post(_address(file, "check"), {**shown, "only_good": "1"})
    assert Job.objects.get().row_count == 1


def test_rows_that_another_tab_reads_otherwise_are_shown_again_and_not_imported(
    importer: tuple[Merchant, User],
) -> None:
    file = upload(importer[0], csv_file(f"{BILL_HEADER},Other", f"{ALI},999"), by=importer[1], now=timezone.now())
    client, check = signed_in(importer[1]), _address(file, "check")
    client.post(_address(file, "change"), COLUMNS)
    shown = rows_in(client.get(check))
    client.post(_address(file, "change"), COLUMNS | {"column_amount": "Other"})

    answers = [client.post(check, posted, follow=True) for posted in (shown, {})]

    said = "These are not the rows that you were shown, so nothing was imported. Look at them again."
    assert [told(answer) for answer in answers] == [[said], [said]]
    assert not Job.objects.exists()
    client.post(check, rows_in(answers[0]))
    assert Job.objects.get().rows.get().values["cells"]["amount"] == "999.000"


def test_the_next_month_is_compared_with_the_last(importer: tuple[Merchant, User]) -> None:
    client = signed_in(importer[1])
    for lines in (
        (ALI, MONA, "Omar,0799999999,Water,7,2027-12-31"),
        (
            "Ali Hasan,0777839071,Water,99,2028-01-31",
            "Mona Saleh,0788888888,Water,20,2028-01-31",
            "New,0770000000,Gas,1,2028-01-31",
        ),
    ):
        file = upload(importer[0], csv_file(BILL_HEADER, *lines), by=importer[1], now=timezone.now())
        client.post(_address(file, "change"), COLUMNS)
        page = client.get(_address(file, "check"))
        client.post(_address(file, "check"), rows_in(page))
        run_jobs(seconds=60)

    rows = {str(row[0]): (row[1], str(row[2])) for row in page.context["report"].sections[-1].rows}
    assert {title: count for title, (count, _names) in rows.items()} == {
        "Not in the last one": 1,
        "Only in the last one": 1,
        "With another amount": 1,
        "As the last time": 1,
    }
    assert "New · 0770000000" in rows["Not in the last one"][1]
    assert "Omar · 0799999999" in rows["Only in the last one"][1]
    assert 'Ali Hasan · 0777839071</bdi> <bdi dir="ltr">150.500 → 99.000' in rows["With another amount"][1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><table></table></html>", "This is no spreadsheet that can be read."),
        (b"Name,Phone\n" + b"x,y\n" * 10_001, "The file has more than 10,000 rows."),
        (b"x" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
    ],
)
def test_what_cannot_be_read_is_not_kept(importer: tuple[Merchant, User], content: bytes, said: str) -> None:
    page = _post_file(signed_in(importer[1]), importer[0], content)

    assert said in page.content.decode()
    assert not ImportFile.objects.exists()


def test_a_file_keeps_a_harmless_name(importer: tuple[Merchant, User]) -> None:
    client = signed_in(importer[1])
    for name in ("../../x.csv", "<img src=x onerror=alert(1)>.csv", "n" * 300 + ".csv"):
        _post_file(client, importer[0], csv_file(BILL_HEADER, ALI), name=name)

    page = client.get("/admin/billing/importfile/").content.decode()

    assert set(ImportFile.objects.values_list("name", flat=True)) == {
        "x.csv",
        "<img src=x onerror=alert(1)>.csv",
        "n" * 96 + ".csv",
    }
    assert "<img src=x" not in page


@pytest.mark.parametrize("role", Role)
def test_imports_are_open_to_their_roles(importer: tuple[Merchant, User], role: Role) -> None:
    merchant, user = importer
    file = upload(merchant, csv_file(BILL_HEADER, ALI), by=user, now=timezone.now())
    owner, client = signed_in(user), signed_in(make_staff(merchant, role, username="somebody"))
    owner.post(_address(file, "change"), COLUMNS)
    shown = rows_in(owner.get(_address(file, "check")))

    answers = [
        client.get(ADD).status_code,
        client.get(_address(file, "change")).status_code,
        client.post(_address(file, "change"), COLUMNS).status_code,
        client.get(_address(file, "check")).status_code,
        client.post(_address(file, "check"), shown).status_code,
    ]

    assert (answers == [200, 200, 302, 200, 302]) == (role in ROLES_WITH[Right.IMPORT])
    assert Job.objects.exists() == (role in ROLES_WITH[Right.IMPORT])


def test_a_clerk_may_not_import_what_they_may_not_make_by_hand(importer: tuple[Merchant, User]) -> None:
    merchant, user = importer
    content = csv_file("Name,Phone,Product,Type,Each payment,Payment day", "Ali,0777839071,Net,open,25,1")
    file = upload(merchant, content, by=user, now=timezone.now(), kind="SUBSCRIPTION")
    clerk = signed_in(make_staff(merchant, Role.CLERK))

    assert clerk.get(_address(file, "change")).status_code == 403
    assert _post_file(clerk, merchant, content, kind="SUBSCRIPTION").context["form"].errors["kind"]
    assert clerk.post(_address(file, "check")).status_code == 403
    assert not Subscription.objects.exists()
    assert ImportFile.objects.count() == 1


def test_strangers_find_no_file_and_upload_none(importer: tuple[Merchant, User]) -> None:
    merchant, user = importer
    file = upload(merchant, csv_file(BILL_HEADER, ALI), by=user, now=timezone.now())
    stranger = signed_in(make_importer("other")[1])

    for step in ("wrong-rows.csv", "wrong-rows.xlsx"):
        assert stranger.get(_address(file, step)[:-1]).status_code == 404
    for step in ("change", "check"):
        assert stranger.get(_address(file, step)).status_code == 404
        assert stranger.post(_address(file, step), COLUMNS).status_code == 404
    assert _post_file(stranger, merchant, csv_file(BILL_HEADER, ALI)).context["form"].errors["merchant"]
    assert (ImportFile.objects.count(), Job.objects.count()) == (1, 0)


def rows_in(check: Any) -> dict[str, str]:
    """What the page of the check sends back of the rows it shows."""
    return {"rehearsed": check.context["rehearsed"]}


def _guess() -> dict[str, str]:
    return {"name": "Name", "phone": "Phone", "service": "Service", "amount": "Amount", "due_date": "Due date"}


def test_wrong_rows_are_taken_away_mended_and_uploaded_again(importer: tuple[Merchant, User]) -> None:
    merchant, user = importer
    bad, worse = "Omar,12345,=1+1,-4,2027-12-31,=x", "Sami,+962 78 888 8888,Water,1e3,tomorrow,y"
    header = f"{BILL_HEADER},Else"
    file = upload(merchant, csv_file(header, f"{ALI},", bad, worse), by=user, now=timezone.now())
    client = signed_in(user)
    client.post(_address(file, "change"), COLUMNS)

    page = client.get(_address(file, "check")).content.decode()
    as_csv = client.get(f"/admin/billing/importfile/{file.pk}/wrong-rows.csv").getvalue()
    as_xlsx = client.get(f"/admin/billing/importfile/{file.pk}/wrong-rows.xlsx")

    assert f"/admin/billing/importfile/{file.pk}/wrong-rows.xlsx" in page
    lines = as_csv.decode().splitlines()
    assert lines[0] == f"\ufeff{header},What is wrong"
    assert lines[1].startswith("Omar,12345,'=1+1,-4,2027-12-31,'=x,\"Phone: Write the phone as 07")
    assert "Amount: Enter an amount above zero" in lines[1]
    assert len(lines) == 3
    table = read_file(as_xlsx.getvalue())
    assert table.header == (*header.split(","), "What is wrong")
    assert table.lines[0].cells[:6] == tuple(bad.split(","))

    mended = as_csv.replace(b"12345", b"0799999999").replace(b"-4", b"4").replace(b"1e3", b"10")
    again = upload(merchant, mended, by=user, now=timezone.now())
    client.post(_address(again, "change"), COLUMNS)
    left = client.get(f"/admin/billing/importfile/{again.pk}/wrong-rows.csv").getvalue().decode().splitlines()

    assert left[0] == lines[0]
    assert len(left) == 2
    assert "Due date: This is no day" in left[1]
    assert "Amount" not in left[1]


def test_a_file_that_was_imported_says_so_at_once(importer: tuple[Merchant, User]) -> None:
    merchant, user = importer
    client = signed_in(user)
    first = upload(merchant, csv_file(BILL_HEADER, ALI), by=user, now=timezone.now())
    client.post(_address(first, "change"), COLUMNS)
    client.post(_address(first, "check"), rows_in(client.get(_address(first, "check"))))
    job = Job.objects.get()

    again = client.get(_post_file(client, merchant, csv_file(BILL_HEADER, ALI))["Location"]).content.decode()
    other = client.get(_post_file(client, merchant, csv_file(BILL_HEADER, MONA))["Location"]).content.decode()

    assert "This file was imported already" in again
    assert f"/admin/billing/job/{job.pk}/change/" in again
    assert "This file was imported already" not in other


def test_what_an_import_made_is_found_again_and_cancelled_as_one(importer: tuple[Merchant, User]) -> None:
    merchant, user = importer
    client = signed_in(user)
    kept = make_bill(merchant)
    file = upload(merchant, csv_file(BILL_HEADER, ALI, MONA), by=user, now=timezone.now())
    client.post(_address(file, "change"), COLUMNS)
    client.post(_address(file, "check"), rows_in(client.get(_address(file, "check"))))
    run_jobs(seconds=60)
    job, made = Job.objects.get(), list(Bill.objects.exclude(pk=kept.pk).order_by("pk"))

    page = client.get(f"/admin/billing/job/{job.pk}/change/").content.decode()
    found = f"/admin/billing/bill/?import={job.pk}"
    listed = client.get(found)

    assert all(f'href="/admin/billing/bill/{bill.pk}/change/"' in page for bill in made)
    assert found in page
    assert set(listed.context["cl"].queryset) == set(made)
    act_on_all(client, "cancel", f"?import={job.pk}", reason="A wrong file")
    run_jobs(seconds=60)
    assert {bill.status for bill in Bill.objects.filter(pk__in=[bill.pk for bill in made])} == {Bill.Status.CANCELLED}
    kept.refresh_from_db()
    assert kept.status == Bill.Status.PENDING

    stranger = signed_in(make_importer("other")[1])
    for stated in (str(job.pk), "9" * 30, "x", "0"):
        assert not stranger.get(f"/admin/billing/bill/?import={stated}").context["cl"].queryset.exists()
    assert not client.get(f"/admin/billing/customer/?import={job.pk}").context["cl"].queryset.exists()


def test_a_file_that_calls_known_customers_otherwise_says_whom(importer: tuple[Merchant, User]) -> None:
    merchant, user = importer
    client = signed_in(user)
    make_bill(merchant, customer_name="Old Ali", customer_phone="0777839071")
    make_bill(merchant, customer_name="Mona Saleh", customer_phone="0788888888")
    make_bill(make_importer("other")[0], customer_name="Stranger", customer_phone="0777839071")
    file = upload(merchant, csv_file(BILL_HEADER, ALI, MONA), by=user, now=timezone.now())
    client.post(_address(file, "change"), COLUMNS)

    check = client.get(_address(file, "check"))
    client.post(_address(file, "check"), rows_in(check))
    run_jobs(seconds=60)

    sections = {str(section.title): section for section in check.context["report"].sections}
    renamed = sections["1 known customer is called otherwise from now on"]
    assert [[str(cell) for cell in row] for row in renamed.rows] == [
        ['<bdi dir="auto">Old Ali</bdi>', '<bdi dir="auto">Ali Hasan</bdi>']
    ]
    event = Event.objects.get(name="renamed")
    assert (event.actor, event.details) == (f"user:{user.pk}", {"old_name": "Old Ali", "new_name": "Ali Hasan"})
