"""What the search boxes take for a phone number, and what they find."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.admin.customers.screen import CustomerAdmin
from billing.admin.lists.searching import Cut, Search
from billing.models import Bill, Customer
from billing.search import numbers
from billing.search.phones import typed_phone
from tests.factories import make_bill, make_merchant


@pytest.mark.parametrize(
    "term",
    [
        "0777839071",
        "+962777839071",
        "00962777839071",
        "962 777 839 071",
        "0777-839-071",
        "٠٧٧٧٨٣٩٠٧١",
        "\u200e+962 777839071\u202c",
    ],
)
def test_a_phone_number_is_the_same_however_it_is_written(term: str) -> None:
    assert typed_phone(term) == "777839071"


@pytest.mark.parametrize("term", ["BILL-20251201-0001", "123", "Sara", "", "07778390710777839071"])
def test_other_terms_are_no_phone_number(term: str) -> None:
    assert typed_phone(term) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("term", ["0777839071", "+962 777 839 071", "٧٧٨٣٩", "839071"])
def test_a_customer_is_found_by_a_whole_or_half_read_number(term: str) -> None:
    merchant = make_merchant()
    make_bill(merchant, customer_phone="0777839071")
    make_bill(merchant, customer_phone="0799999999", customer_name="Somebody Else")
    assert CustomerAdmin.search is not None

    found = CustomerAdmin.search.find(Customer.objects.all(), term)

    assert [customer.phone for customer in found] == ["+962777839071"]


@pytest.mark.django_db
@pytest.mark.parametrize("most_read", [0, 10_000])
@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("9627", {"+962770059627"}),
        ("2777", set()),
        ("0059", {"+962770059627"}),
        ("0000", {"+962790000001", "+971500000123"}),
        ("0777", {"+962777839071"}),
        ("077", set()),
        ("0500", {"+971500000123"}),
        ("962777", {"+962777839071"}),
        ("+962 777", {"+962777839071"}),
        ("00962777", {"+962777839071"}),
        ("0097150", {"+971500000123"}),
        ("071", set()),
        ("9071", {"+962777839071"}),
    ],
)
def test_a_part_of_a_number_is_looked_for_as_it_was_typed(term: str, found: set[str], most_read: int) -> None:
    merchant = make_merchant()
    for phone in ("+962777839071", "+962770059627", "+962790000001", "+971500000123"):
        Customer.objects.create(merchant=merchant, phone=phone, name="Sara")
    search = Search(phones=("phone",), spelled=("search_name",), most_read=most_read)

    assert {customer.phone for customer in search.find(Customer.objects.all(), term)} == found


@pytest.mark.django_db
def test_an_exact_number_is_found_alone_in_any_letter_case() -> None:
    merchant = make_merchant()
    wanted = make_bill(merchant)
    make_bill(merchant, customer_name=f"Same as {wanted.billing_no}")
    search = Search(numbers=("billing_no",), names=("customer_name",))

    assert list(search.find(Bill.objects.all(), f" {wanted.billing_no.lower()} ")) == [wanted]


@pytest.mark.django_db
@pytest.mark.parametrize("term", ["%", "_", "'", "x" * 10_000, "\\", "👍", "أحمد يوسف"])
def test_odd_terms_find_nothing_and_break_nothing(term: str) -> None:
    make_bill(make_merchant())
    search = Search(numbers=("billing_no",), phones=("customer__phone",), names=("customer_name",))

    assert list(search.find(Bill.objects.all(), term)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("most_read", [0, 10_000])
@pytest.mark.parametrize("term", ["\0", "a\0b", "ـ", "َ", "Ahmad ُ", "ahmad " * 13, "ahmad" + " " * 200 + "x"])
def test_what_cannot_be_looked_for_finds_nothing(term: str, most_read: int) -> None:
    make_bill(make_merchant(), customer_name="Ahmad")
    search = Search(phones=("customer__phone",), spelled=("customer__search_name",), most_read=most_read)

    assert list(search.find(Bill.objects.all(), term)) == []
    assert search.find(Bill.objects.all(), "ahmad").count() == 1


@pytest.mark.django_db
def test_every_row_with_an_exact_number_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "_MOST_IDS", 1)
    merchant = make_merchant()
    mine = [make_bill(merchant, customer_phone="0777839071", service_type="WATER") for _ in range(3)]
    make_bill(merchant)

    found = Search(numbers=("service_type", "customer__phone")).find(Bill.objects.order_by("pk"), "water")

    assert list(found) == mine


LONG = Search(numbers=("billing_no",), phones=("customer__phone",), spelled=("customer__search_name",), most_read=1)


@pytest.mark.django_db
@pytest.mark.parametrize("term", ["%", "_", "ah", "x" * 10_000, "ab " * 3_000, "فَاطِمَة الزُّعْبِيّ", "0777839071"])
def test_a_long_list_is_looked_up_by_keys_alone(term: str) -> None:
    merchant = make_merchant()
    make_bill(merchant, customer_phone="0777839071", customer_name="فاطمة الزعبي Ahmad")
    make_bill(merchant, customer_phone="0799999999")

    found = LONG.find(Bill.objects.filter(merchant=merchant), term)

    with CaptureQueriesContext(connection) as asked:
        list(found)
    assert not [each["sql"] for each in asked if "LIKE" in each["sql"] or "JOIN" in each["sql"]]


@pytest.mark.django_db
def test_a_long_list_finds_whole_numbers_and_people() -> None:
    merchant, other = make_merchant(), make_merchant("other")
    wanted = make_bill(merchant, customer_phone="0777839071", customer_name="فاطمة الزعبي")
    make_bill(merchant, customer_phone="0799999999", customer_name="Somebody Else")
    make_bill(other, customer_phone="0777839071", customer_name="فاطمة الزعبي")
    bills = Bill.objects.filter(merchant=merchant)
    customers = Customer.objects.filter(merchant=merchant)

    for term in (wanted.billing_no.lower(), wanted.bill_no, "٧٧٧٨٣٩٠٧١", "فَاطِمَة", "الزعبى فاطمه"):
        assert list(LONG.find(bills, term, customers=customers)) == [wanted], term
    assert list(LONG.find(bills, wanted.billing_no[:-1], customers=customers)) == []
    assert list(LONG.find(bills, "فاطمة Else", customers=customers)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("most_read", [0, 10_000])
def test_a_name_is_found_written_as_one_word_or_as_two(most_read: int) -> None:
    merchant = make_merchant()
    names = (
        "أحمد عبد الله",
        "احمد عبدالرحمن",
        "سعاد أبو زيد",
        "هند ابوزيد",
        "نورة آل خليفة",
        "منى الخليفه",
        "عبير الله",
    )
    for number, name in enumerate(names):
        Customer.objects.create(merchant=merchant, phone=f"+96277700000{number}", name=name)
    search = Search(phones=("phone",), spelled=("search_name",), most_read=most_read)

    def found(term: str) -> set[str]:
        return {customer.name for customer in search.find(Customer.objects.all(), term)}

    assert found("احمد عبدالله") == found("أحمد عبد الله") == {names[0]}
    assert found("احمد عبد الرحمن") == found("عبدالرَّحمن") == {names[1]}
    assert found("ابوزيد") == found("أبو زيد") == {names[2], names[3]}
    assert found("آل خليفة") == found("الخليفة") == {names[4], names[5]}
    assert found("عبدالرحيم") == set()


@pytest.mark.django_db
def test_whoever_asks_for_too_many_people_is_told_and_shown_the_newest() -> None:
    merchant = make_merchant()
    oldest = make_bill(merchant, customer_phone="0770000000", customer_name="Ahmad")
    Customer.objects.bulk_create(
        Customer(merchant=merchant, phone=f"+96277700{number:05d}", name="Ahmad") for number in range(500)
    )
    newest = make_bill(merchant, customer_phone="0799999999", customer_name="Ahmad")
    told: list[Cut] = []

    found = LONG.find(Bill.objects.all(), "ahmad", when_cut=told.append)

    assert list(found) == [newest]
    assert told == [Cut.MANY_PEOPLE]
    assert list(LONG.find(Bill.objects.all(), oldest.customer_phone, when_cut=told.append)) == [oldest]
    assert told == [Cut.MANY_PEOPLE]


@pytest.mark.django_db
def test_what_no_index_answers_is_looked_for_among_the_newest_and_that_is_told() -> None:
    merchant = make_merchant()
    oldest = make_bill(merchant, customer_phone="0770000000", customer_name="مي Qasem")
    make_bill(merchant, customer_phone="0780000000", customer_name="Sara")
    newest = make_bill(merchant, customer_phone="0799999999", customer_name="مي %")
    of_people = Search(phones=("phone",), spelled=("search_name",), most_read=2)
    of_bills = Search(phones=("customer__phone",), spelled=("customer__search_name",), most_read=2)
    told: list[Cut] = []

    for term in ("مي", "%"):
        assert list(of_people.find(Customer.objects.all(), term, when_cut=told.append)) == [newest.customer]
        assert list(of_bills.find(Bill.objects.all(), term, when_cut=told.append)) == [newest]
    assert told == [Cut.SHORT_TERM] * 4

    # One word of three letters is enough, and of so few people nobody is left out.
    assert list(of_people.find(Customer.objects.all(), "مي qas", when_cut=told.append)) == [oldest.customer]
    others = Customer.objects.exclude(name="Sara")
    assert list(of_bills.find(Bill.objects.all(), "_", customers=others, when_cut=told.append)) == []
    assert set(of_bills.find(Bill.objects.all(), "مي", customers=others, when_cut=told.append)) == {oldest, newest}
    assert told == [Cut.SHORT_TERM] * 4


@pytest.mark.django_db
@pytest.mark.parametrize("most_read", [0, 10_000])
def test_a_former_number_finds_what_its_customer_has(most_read: int) -> None:
    merchant, other = make_merchant(), make_merchant("other")
    wanted = make_bill(merchant, customer_phone="0777839071", customer_name="Laila")
    make_bill(merchant, customer_phone="0799999999")
    of_stranger = make_bill(other, customer_phone="0777839071")
    for bill in (wanted, of_stranger):
        led_on = {"merchant": bill.merchant, "phone": "+962790000001", "name": "Mistyped", "merged_into": bill.customer}
        Customer.objects.create(**led_on)
    search = Search(phones=("customer__phone",), spelled=("customer__search_name",), most_read=most_read)
    bills, customers = Bill.objects.filter(merchant=merchant), Customer.objects.filter(merchant=merchant)

    for term in ("0790 000 001", "+962790000001", "٩٠٠٠٠٠٠١", "0777839071"):
        assert list(search.find(bills, term, customers=customers)) == [wanted], term
    assert list(search.find(bills, "0790000002", customers=customers)) == []
    assert list(search.find(bills, "mistyped", customers=customers)) == []
    assert list(search.find(Bill.objects.order_by("pk"), "0790000001", customers=customers)) == [wanted]
