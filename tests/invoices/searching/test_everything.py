"""One box for everything: whoever and whatever a text may mean, of the person's own merchants."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from billing.clock import database_now
from billing.models import Bill, Customer, Merchant, User
from invoices.models import Invoice
from invoices.searching.everything import search_everything
from invoices.services.issuing import issue_due
from tests.factories import make_bill, make_merchant, make_subscription
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def clerk(merchant: Merchant) -> User:
    return make_staff(merchant, username="clerk")


def titles(user: User, text: str) -> list[str]:
    return [found.title for found in search_everything(user=user, text=text, today=timezone.localdate())]


@pytest.mark.parametrize(
    "text", ["0791112223", "+962 79 111 2223", "٠٧٩١١١٢٢٢٣", "1112223", "9981034456", "سهى الاحمد", "سُهي", "الأحمد"]
)
def test_a_customer_by_phone_national_id_or_name_however_written(merchant: Merchant, clerk: User, text: str) -> None:
    make_bill(merchant, customer_name="سُهى الأحمد", customer_phone="0791112223", customer_national_id="9981034456")
    make_bill(merchant, customer_name="Somebody Else", customer_phone="0777839071")

    assert titles(clerk, text) == ["سُهى الأحمد"]


def test_a_name_written_as_one_word_or_as_two(merchant: Merchant, clerk: User) -> None:
    make_bill(merchant, customer_name="أحمد عبد الله", customer_phone="0791112223")
    make_bill(merchant, customer_name="أحمد الله", customer_phone="0777839071")

    assert titles(clerk, "احمد عبدالله") == titles(clerk, "أحمد عبد الله") == ["أحمد عبد الله"]


def test_documents_by_their_numbers(merchant: Merchant, clerk: User) -> None:
    bill = make_bill(merchant)
    plan = make_subscription(merchant)
    issue_due(merchant=merchant, now=database_now())
    invoice = Invoice.objects.get(bill=bill)

    assert titles(clerk, bill.billing_no.lower()) == [bill.billing_no]
    assert titles(clerk, bill.public_id) == [bill.billing_no]
    assert titles(clerk, plan.subscription_no) == [plan.subscription_no]
    assert titles(clerk, invoice.number) == [invoice.number]
    assert titles(clerk, invoice.reference) == [invoice.number]


def test_a_customer_is_told_with_what_they_owe_in_one_more_question(merchant: Merchant, clerk: User) -> None:
    make_bill(merchant, customer_name="Layla", customer_phone="0790000001", amount=Decimal(3))
    for number in range(2):
        make_bill(merchant, customer_name="Layla", customer_phone=f"079000000{number}", amount=Decimal(7))
    Bill.objects.filter(customer__phone="+962790000000").update(status="CANCELLED")

    with override("en"), CaptureQueriesContext(connection) as asked:
        found = search_everything(user=clerk, text="layla", today=timezone.localdate())

    assert ["owes" in line.description for line in found] == [False, True]
    assert "owes JOD\u00a010.000" in found[1].description
    assert len(asked) <= 12


def test_open_documents_by_their_amount(merchant: Merchant, clerk: User) -> None:
    wanted = make_bill(merchant, amount=Decimal("77.125"))
    make_bill(merchant, amount=Decimal("77.126"))
    cancelled = make_bill(merchant, amount=Decimal("77.125"))
    Bill.objects.filter(pk=cancelled.pk).update(status="CANCELLED")

    assert titles(clerk, "77.125") == titles(clerk, "٧٧٫١٢٥") == [wanted.billing_no]


def test_a_stranger_finds_nothing_and_the_platform_finds_all(merchant: Merchant) -> None:
    bill = make_bill(merchant, customer_name="Layla Haddad")
    stranger = make_staff(make_merchant("stranger"), username="stranger")

    for text in (bill.billing_no, "Layla", "0777839071", "150.5"):
        assert titles(stranger, text) == []
    assert titles(make_administrator(), "layla") == ["Layla Haddad"]


def test_the_number_of_questions_does_not_grow(merchant: Merchant, clerk: User) -> None:
    for number in range(8):
        make_bill(merchant, customer_name="Layla", customer_phone=f"077700000{number}")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = titles(clerk, "1507770")

    assert len(found) == 0
    assert len(asked) <= 9


@pytest.mark.parametrize("text", ["0777", "777", "0777839071", "1077.000", "ليلى"])
def test_the_box_asks_at_most_twelve_questions(merchant: Merchant, clerk: User, text: str) -> None:
    make_bill(merchant, customer_name="ليلى", customer_phone="0771077000", amount=Decimal(1077))
    make_bill(merchant, customer_name="ليلى", customer_phone="0777839071", amount=Decimal(777))
    office = signed_in(clerk)
    office.get(f"/admin/search/?s={text}")

    with CaptureQueriesContext(connection) as asked:
        office.get(f"/admin/search/?s={text}")

    assert len(asked) <= 12


def test_at_most_six_of_a_kind(merchant: Merchant, clerk: User) -> None:
    for number in range(8):
        make_bill(merchant, customer_name="Layla", customer_phone=f"077700000{number}")

    assert titles(clerk, "layla") == ["Layla"] * 6


@pytest.mark.parametrize("text", ["%", "_", "'; --", "\0", "👍", "\\", "x" * 10_000, "ـــ"])
def test_odd_texts_find_nothing_and_break_nothing(merchant: Merchant, clerk: User, text: str) -> None:
    make_bill(merchant)

    assert titles(clerk, text) == []


def test_the_box_of_the_office_asks_it(merchant: Merchant, clerk: User) -> None:
    make_bill(merchant, customer_name="Layla Haddad")

    page = signed_in(clerk).get("/admin/search/?s=layla&extended=1").content.decode()

    assert "Layla Haddad" in page
    assert f"/admin/billing/customer/{Customer.objects.get().pk}/change/" in page
