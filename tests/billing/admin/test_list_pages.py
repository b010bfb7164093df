"""Lists of any length: pages that begin behind a row, counts and sums that cost no more when there is more."""

from __future__ import annotations

import gzip
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.admin.bills.screen import BillAdmin
from billing.admin.customers.screen import CustomerAdmin
from billing.admin.lists import change_list, counting, searching, sums
from billing.models import Bill, Merchant
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.admin.rows import make_rows, person_of
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
# The audit's own report stands above its list.
BESIDES = {"AuditDifference": 2}
LIST = "/admin/billing/bill/"
SCREENS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def clerk(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant))


def make_bills(merchant: Merchant, count: int) -> list[int]:
    """Their ids, the newest first; several share an amount, a name and a due date."""
    first = make_bill(merchant)
    copies = []
    for number in range(1, count):
        copy = Bill.objects.get(pk=first.pk)
        copy.pk, copy.public_id, copy.billing_no, copy.bill_no = None, f"b-{number}", f"BN-{number}", f"N-{number}"
        copy.amount, copy.customer_name = first.amount + number % 3, f"Customer {number % 7}"
        copies.append(copy)
    Bill.objects.bulk_create(copies)
    return list(Bill.objects.filter(merchant=merchant).order_by("-pk").values_list("pk", flat=True))


def walk(client: Client, address: str, turn: str) -> list[int]:
    """The ids of all pages, from this one on."""
    found: list[int] = []
    while address:
        changes = client.get(address).context["cl"]
        found += [row.pk for row in changes.result_list]
        following = getattr(changes.paginator, turn)
        address = f"{LIST}{following}" if following else ""
    return found


def order_of(parameter: str) -> str:
    return f"{LIST}?o={parameter}"


@pytest.mark.parametrize("order", ["", "1", "-1", "2", "-4", "4.-2", "-6"])
def test_every_row_is_on_one_page_in_either_direction(order: str, merchant: Merchant, clerk: Client) -> None:
    ids = make_bills(merchant, 125)
    make_bills(make_merchant("stranger"), 60)

    forwards = walk(clerk, order_of(order), "next_url")
    last = clerk.get(f"{order_of(order)}&before={forwards[99]}").context["cl"]
    backwards = walk(clerk, f"{LIST}{last.paginator.previous_url}", "previous_url")

    assert sorted(forwards) == sorted(ids)
    if not order:
        assert forwards == ids
    assert [row.pk for row in last.result_list] == forwards[100:]
    assert backwards == [*forwards[50:100], *forwards[:50]]
    assert last.paginator.next_url == ""


def test_a_page_keeps_its_filters_and_a_filter_begins_at_the_first_page(merchant: Merchant, clerk: Client) -> None:
    ids = make_bills(merchant, 70)

    page = clerk.get(f"{LIST}?status=PENDING&before={ids[49]}")

    assert page.context["cl"].paginator.previous_url == f"?status=PENDING&after={ids[50]}"
    assert "before=" not in page.context["cl"].get_query_string({"due": "week"})
    assert all("before=" not in tab["url"] for tab in page.context["status_tabs"])


@pytest.mark.parametrize(
    "query",
    [
        "p=0", "p=-1", "p=NaN", "p=99999999999", "p=%00", "before=NaN", "before=-3", "before=%00", "after=0",
        "before=99999999999999999999999", "after=%D9%A1", "before=1.5", "before=&after=", "o=%00&before=1",
        "before=7'&o=4", "after=999999999&o=4", "all=1",
    ],
)  # fmt: skip
def test_an_odd_page_is_the_first_one(query: str, merchant: Merchant, clerk: Client) -> None:
    ids = make_bills(merchant, 60)

    page = clerk.get(f"{LIST}?{query}")

    assert page.status_code == 200
    assert {row.pk for row in page.context["cl"].result_list} <= set(ids)
    assert len(page.context["cl"].result_list) == 50


def test_behind_the_last_row_the_first_page_is_shown(merchant: Merchant, clerk: Client) -> None:
    ids = make_bills(merchant, 60)

    page = clerk.get(f"{LIST}?before={ids[-1]}").context["cl"]

    assert [row.pk for row in page.result_list] == ids[:50]


def test_a_strangers_row_tells_nothing_by_its_place(merchant: Merchant, clerk: Client) -> None:
    ids = make_bills(merchant, 60)
    stranger = make_bill(make_merchant("stranger"), amount=151)

    by_amount = [row.pk for row in clerk.get(order_of("4")).context["cl"].result_list]
    behind_the_stranger = clerk.get(f"{order_of('4')}&before={stranger.pk}").context["cl"].result_list

    assert [row.pk for row in behind_the_stranger] == by_amount
    assert stranger.pk not in ids


def test_tabs_count_under_the_other_filters(merchant: Merchant, clerk: Client) -> None:
    ids = make_bills(merchant, 12)
    Bill.objects.filter(pk__in=ids[:5]).update(status="CANCELLED")
    make_bills(make_merchant("stranger"), 3)

    def counts(query: str) -> list[str]:
        return [tab["count"] for tab in clerk.get(f"{LIST}?{query}").context["status_tabs"]]

    assert counts("") == ["12", "7", "7", "0", "5"]
    assert counts("status=CANCELLED") == ["12", "7", "7", "0", "5"]
    assert counts("q=BN-11") == ["1", "0", "0", "0", "1"]


def test_a_tab_counts_what_is_behind_it_also_where_the_tab_is_short(
    merchant: Merchant, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = make_bills(merchant, 4)
    Bill.objects.filter(pk__in=ids[:2]).update(status="CANCELLED")
    monkeypatch.setattr(BillAdmin, "search", replace(BillAdmin.search, most_read=3))

    for term in ("BN-", "Customer 1"):
        page = clerk.get(f"{LIST}?q={term}&status=CANCELLED")
        counts = {tab["title"]: tab["count"] for tab in page.context["status_tabs"]}
        assert counts["Cancelled"] == str(page.context["cl"].result_count), term


def test_the_newest_people_of_a_name_are_those_of_the_merchant_one_looks_at(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_PEOPLE", 1)
    monkeypatch.setattr(BillAdmin, "search", replace(BillAdmin.search, most_read=0))
    mine = make_bill(merchant, customer_name="Ahmad")
    make_bill(make_merchant("newer"), customer_name="Ahmad")

    page = signed_in(make_administrator()).get(f"{LIST}?q=ahmad&merchant={merchant.pk}")

    assert [row.pk for row in page.context["cl"].result_list] == [mine.pk]


def test_whoever_types_too_little_is_told_that_only_the_newest_were_looked_through(
    merchant: Merchant, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CustomerAdmin, "search", replace(CustomerAdmin.search, most_read=1))
    make_bill(merchant, customer_phone="0770000000", customer_name="%")
    newest = make_bill(merchant, customer_phone="0770000001", customer_name="%")

    page = clerk.get("/admin/billing/customer/?q=%25")

    assert [row.pk for row in page.context["cl"].result_list] == [newest.customer_id]
    (told,) = page.context["messages"]
    assert "among the newest customers only" in str(told)


def test_a_list_says_what_it_adds_up_to(merchant: Merchant, clerk: Client) -> None:
    make_bills(merchant, 3)
    riyals = make_merchant("riyals", currency="SAR")
    make_bill(riyals, amount=2)
    Bill.objects.filter(amount=Decimal("152.5")).update(amount_paid=Decimal(1))

    (dinars,) = clerk.get(LIST).context["cl"].paginator.sums
    of_all = signed_in(make_administrator()).get(LIST).context["cl"].paginator

    assert "454.500" in dinars.amount
    assert "453.500" in dinars.open
    assert [(each.currency, each.count) for each in of_all.sums] == [("JOD", 3), ("SAR", 1)]
    assert of_all.count == counting.ListCount(number=4, is_exact=True)


def test_what_was_cancelled_is_not_owed_below_a_list(merchant: Merchant, clerk: Client) -> None:
    plan = make_subscription(merchant, "CUSTOM_SCHEDULE", auto_generate_invoices=False)
    skipped, scheduled, *_others = plan.installments.order_by("sequence")
    plan.installments.exclude(pk=scheduled.pk).update(status="CANCELLED")
    plan.installments.filter(pk=skipped.pk).update(status="SKIPPED")
    make_bills(merchant, 2)
    Bill.objects.filter(pk=Bill.objects.latest("pk").pk).update(status="CANCELLED", cancelled_at=timezone.now())
    pending = Bill.objects.get(status="PENDING")

    (of_bills,) = clerk.get(LIST).context["cl"].paginator.sums
    (of_cancelled,) = clerk.get(f"{LIST}?status=CANCELLED").context["cl"].paginator.sums
    (of_plan,) = clerk.get("/admin/subscriptions/installment/").context["cl"].paginator.sums

    assert f"{pending.amount:,.3f}" in of_bills.open
    assert (of_cancelled.count, of_cancelled.open) == (1, None)
    assert f"{scheduled.amount:,.3f}" in of_plan.open


def test_a_long_list_is_counted_no_further_than_that_is_cheap(
    merchant: Merchant, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (counting, sums):
        monkeypatch.setattr(module, "MOST_COUNTED", 10)
    make_bills(merchant, 30)

    page = clerk.get(LIST)

    assert not page.context["cl"].paginator.count.is_exact
    assert page.context["cl"].result_count >= 11
    assert page.context["cl"].paginator.sums[0].count == 11
    assert "more than" in page.content.decode()


def test_a_long_list_is_sorted_only_by_what_an_index_has_in_order(
    merchant: Merchant, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_list, "MOST_SORTED", 10)
    ids = make_bills(merchant, 30)

    by_name, by_number = clerk.get(order_of("2")), clerk.get(order_of("1"))

    assert [row.pk for row in by_name.context["cl"].result_list] == ids
    assert "Too many rows to sort by this column" in by_name.content.decode()
    assert [row.pk for row in by_number.context["cl"].result_list] == ids[::-1]


@pytest.mark.parametrize("model", SCREENS, ids=[model.__name__ for model in SCREENS])
def test_no_list_search_or_page_needs_more_than_twelve_queries(model: type[Model]) -> None:
    rows = make_rows("mine", phone="0770000001")
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    queries_of = {
        make_administrator(): ("q=0770000001", "o=2.-1&after=1"),
        person_of(rows): ("q=mine&o=2.-1&after=1",),
    }
    for person, asked_for in queries_of.items():
        client = signed_in(person)
        for query in asked_for:
            with CaptureQueriesContext(connection) as queries:
                response = client.get(f"{reverse(name)}?{query}")
            assert response.status_code in {200, 403}, query
            assert len(queries) <= MOST_QUERIES + BESIDES.get(model.__name__, 0), (
                query,
                [each["sql"][:90] for each in queries],
            )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_full_page_of_bills_is_light(language: str, merchant: Merchant, clerk: Client) -> None:
    make_bills(merchant, 60)

    page: Any = clerk.get(LIST, headers={"accept-language": language})

    assert len(page.context["cl"].result_list) == 50
    assert len(gzip.compress(page.content)) <= 60 * 1024
