"""What every screen keeps: few queries, escaped text, both languages, a strict policy for scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.templatetags.static import static
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import Bill, Customer, Event, Job, Merchant, Role
from invoices.models import AuditDifference, Credit, GatewayAccount, Invoice, Payment, Refund
from subscriptions.models import Subscription
from tests.factories import make_bill, make_merchant
from tests.invoices.admin.rows import Rows, make_rows, person_of
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
MOST_QUERIES_OF_A_PAGE = 20
SCREENS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def rows() -> Rows:
    return make_rows("mine", phone="0770000001")


def url(model: type[Model], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("model", SCREENS, ids=[model.__name__ for model in SCREENS])
def test_a_list_costs_the_same_however_many_rows_it_shows(model: type[Model], rows: Rows) -> None:
    client = signed_in(make_administrator())
    few = queries_of(client, url(model, "changelist"))

    for number in range(4):
        make_rows(f"another-{number}", phone=f"077000010{number}")

    assert queries_of(client, url(model, "changelist")) == few
    assert few <= MOST_QUERIES


@pytest.mark.parametrize("model", [Bill, Customer, Invoice, Payment, Subscription, GatewayAccount, Merchant])
def test_a_page_costs_the_same_however_much_belongs_to_it(model: type[Model], rows: Rows) -> None:
    client = signed_in(person_of(rows))
    address = url(model, "change", rows.of[model].pk)
    few = queries_of(client, address)

    for number in range(3):
        Invoice.objects.filter(pk=rows.invoice.pk).update(status="CANCELLED")
        copy = Invoice.objects.get(pk=rows.invoice.pk)
        copy.pk, copy.number, copy.reference, copy.issue_no = None, f"INV-{number}", f"R-{number}", number + 2
        copy.save()
        make_bill(rows.merchant, customer_phone=rows.phone)

    assert queries_of(client, address) <= few
    assert few <= MOST_QUERIES_OF_A_PAGE


def test_a_page_shows_its_document_customer_money_invoices_and_link(rows: Rows) -> None:
    page = signed_in(person_of(rows)).get(url(Bill, "change", rows.bill.pk)).content.decode()

    for part in (
        rows.bill.billing_no,
        "customer mine",
        "JOD\u00a0150.500",
        rows.invoice.number,
        "/mine/pay/",
        "Overdue",
    ):
        assert part in page
    assert "Payment received" not in page
    assert "Created" in page


def test_text_from_outside_is_inert_everywhere(rows: Rows) -> None:
    nasty = "<script>alert(1)</script>"
    Customer.objects.update(name=nasty, address=nasty)
    Bill.objects.update(customer_name=nasty, service_type=nasty, description=nasty, notes=nasty)
    Invoice.objects.update(customer_name=nasty, description=nasty, problem=nasty)
    Subscription.objects.update(customer_name=nasty, product_name=nasty, description=nasty)
    Payment.objects.update(note=nasty, transaction_token=nasty)
    client = signed_in(make_administrator())

    for model in SCREENS:
        for address in (url(model, "changelist"), url(model, "change", rows.of[model].pk)):
            assert nasty not in client.get(address).content.decode(), address
    for act in ("record-payment", "cancel"):
        assert nasty not in client.get(url(Bill, "do", rows.bill.pk, act)).content.decode()


def test_pages_keep_to_the_admins_policy_for_scripts(rows: Rows) -> None:
    """No script of ours is written into a page, and none comes from elsewhere."""
    client = signed_in(person_of(rows))

    for model in (Bill, Invoice, Subscription, GatewayAccount):
        for address in ("/admin/", url(model, "changelist"), url(model, "change", rows.of[model].pk)):
            response = client.get(address)
            policy = response["Content-Security-Policy"]
            assert "'unsafe-inline'" not in re.findall(r"script-src[^;]*", policy)[0]
            scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", response.content.decode(), re.DOTALL)
            assert all('src="/' in attributes and not body.strip() for attributes, body in scripts)
            assert not re.search(r"\son(click|change|load|submit)=", response.content.decode())


def test_an_arabic_speaker_gets_arabic_from_right_to_left(rows: Rows) -> None:
    client = signed_in(person_of(rows))
    client.cookies["django_language"] = "ar"

    page = client.get(url(Bill, "change", rows.bill.pk)).content.decode()

    assert '<html lang="ar" dir="rtl"' in page
    assert "\u2067\u200f150.500\u00a0د.أ.\u200f\u2069" in page
    assert "JOD\u00a0150.500" not in page


EGYPTIAN_MONTHS = (
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
)


def test_months_have_the_names_that_customers_read(rows: Rows) -> None:
    """Home and the report name twelve months, so one of each kind is among them whatever the day is."""
    client = signed_in(person_of(rows))
    client.cookies["django_language"] = "ar"
    documents = [url(model, "change", rows.of[model].pk) for model in (Bill, Invoice, Payment, Merchant)]
    lists = [url(model, "changelist") for model in (Bill, Payment)]

    for address in ("/admin/", "/admin/reports/forecast/", "/admin/reports/collected-by-day/", *documents, *lists):
        page = client.get(address, follow=True).content.decode()
        assert not [month for month in EGYPTIAN_MONTHS if month in page], address
    assert "31 كانون الأول 2025" in client.get(documents[0]).content.decode()


def test_every_page_has_the_products_own_picture() -> None:
    for address in ("/admin/login/", "/nobody/pay/wrong"):
        assert f'href="{static("favicon.svg")}"' in Client().get(address).content.decode()
    assert finders.find("favicon.svg")


def test_instants_are_those_of_the_clock_on_the_wall() -> None:
    merchant = make_merchant()
    bill = make_bill(merchant)
    Bill.objects.update(created_at="2026-01-15T22:30Z")

    page = signed_in(make_staff(merchant, Role.VIEWER)).get(url(Bill, "change", bill.pk)).content.decode()

    assert "16 Jan 2026 01:30" in page


def test_somebody_with_one_merchant_is_not_shown_it_on_every_row(rows: Rows) -> None:
    assert "column-merchant_shown" not in signed_in(person_of(rows)).get(url(Bill, "changelist")).content.decode()
    assert "column-merchant_shown" in signed_in(make_administrator()).get(url(Bill, "changelist")).content.decode()


def test_the_filters_answer_and_find_nothing_by_what_they_do_not_offer(rows: Rows) -> None:
    client = signed_in(person_of(rows))

    assert rows.bill.billing_no in client.get(f"{url(Bill, 'changelist')}?due=overdue").content.decode()
    assert rows.bill.billing_no not in client.get(f"{url(Bill, 'changelist')}?status=PAID").content.decode()
    for value in ("%00", "NO_SUCH", "'", "1 OR 1=1"):
        for name in ("status", "due", "when", "merchant", "customer"):
            response = client.get(f"{url(Bill, 'changelist')}?{name}={value}")
            assert (response.status_code, response.context["cl"].result_count) == (200, 0), (name, value)
    assert client.get(f"{url(Bill, 'changelist')}?status=&due=&due_from=&merchant=&q=").context["cl"].result_count
    reviewed = f"{url(Payment, 'changelist')}?review_reason=any"
    assert client.get(reviewed).context["cl"].result_count == 0  # what was too much is on its way back
    Refund.objects.all().delete()
    Credit.objects.all().delete()
    assert client.get(reviewed).context["cl"].result_count == 1


def test_a_list_without_a_search_box_shows_nothing_that_was_searched_for(rows: Rows) -> None:
    administrator = signed_in(make_administrator())
    without = [Event, Job, GatewayAccount, AuditDifference]

    for address in [url(model, "changelist") for model in without]:
        shown, searched = (administrator.get(address, {"q": term}) for term in (" ", "ahmad"))
        assert shown.context["cl"].result_count, address
        assert searched.context["cl"].result_count == 0, address
        assert "so nothing is shown" in searched.content.decode(), address


def test_the_sidebar_lights_up_the_page_one_is_on_and_no_other(rows: Rows) -> None:
    owner = signed_in(person_of(rows))
    customers = url(Customer, "changelist")
    lit_on = {
        "/admin/": ["Home"],
        customers: ["Customers"],
        url(Customer, "change", rows.bill.customer_id): ["Customers"],
        reverse("admin:billing_customer_collecting"): ["Whom to call"],
        "/admin/reports/": ["All reports"],
        "/admin/reports/ageing/": ["Ageing"],
        "/admin/reports/forecast/": ["All reports"],
        reverse("admin:password_change"): [],
    }

    for address, titles in lit_on.items():
        groups = owner.get(address).context["sidebar_navigation"]
        assert [str(item["title"]) for group in groups for item in group["items"] if item["active"]] == titles, address


def test_the_sidebar_offers_what_the_role_may_open(rows: Rows) -> None:
    owner = signed_in(person_of(rows)).get("/admin/").content.decode()
    clerk = signed_in(make_staff(rows.merchant, Role.CLERK)).get("/admin/").content.decode()

    for address in ("/admin/billing/apikey/", "/admin/billing/user/", "/admin/invoices/gatewayaccount/"):
        assert (address in owner, address in clerk) == (True, False)
    assert "/admin/billing/bill/" in clerk


def test_the_search_box_needs_no_cache_and_finds_only_screens_one_may_open(rows: Rows, valkey: Any) -> None:
    valkey.stop()
    clerk = signed_in(make_staff(rows.merchant, Role.CLERK))

    assert "/admin/billing/bill/" in clerk.get("/admin/search/?s=bill").content.decode()
    assert "/admin/billing/apikey/" not in clerk.get("/admin/search/?s=api").content.decode()
    assert clerk.get("/admin/search/?s=bill&extended=1&page=x").status_code == 200


def test_the_admin_works_with_hashed_static_files(rows: Rows, settings: Any, tmp_path: Any) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)

    page = signed_in(person_of(rows)).get(url(Bill, "change", rows.bill.pk)).content.decode()

    assert re.search(r"/static/admin-office\.[0-9a-f]{12}\.css", page)
    assert re.search(r"/static/admin-office\.[0-9a-f]{12}\.js", page)
