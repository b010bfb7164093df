"""The filters of the five lists: by a customer, a merchant, a person, and by days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.db.models import F, Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.models import Bill, Customer, Merchant, User
from invoices.models import Invoice, Payment
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.admin.rows import Rows, make_rows, person_of
from tests.invoices.pages.documents import take
from tests.staff import make_administrator, make_staff, signed_in

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
BY_CUSTOMER: dict[type[Model], str] = dict.fromkeys((Bill, Invoice, Payment, Subscription), "customer")
BY_CUSTOMER[Installment] = "subscription__customer"


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def shown(client: Client, model: type[Model], **query: object) -> Any:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(list_of(model), query)
    assert response.status_code == 200
    assert len(queries) <= MOST_QUERIES
    return response


def ids(response: Any) -> list[int]:
    return [row.pk for row in response.context["cl"].result_list]


def offered(client: Client, kind: str, term: str = "", **query: str) -> list[tuple[str, ...]]:
    response = client.get(reverse("admin:offers"), {"kind": kind, "as": kind, "term": term} | query)
    assert response.status_code == 200
    return list(response.context["offers"])


@pytest.fixture
def rows() -> Rows:
    return make_rows("mine", phone="0770000001")


def test_one_customers_bills_are_counted_summed_and_paged_by_themselves() -> None:
    merchant = make_merchant()
    clerk = signed_in(make_staff(merchant))
    make_bill(merchant, customer_phone="0770000002", amount=Decimal(999))
    first = make_bill(merchant, customer_phone="0770000003", customer_name="ليلى حداد", amount=Decimal(2))
    copies = []
    for number in range(50):
        copy = Bill.objects.get(pk=first.pk)
        copy.pk, copy.public_id, copy.billing_no, copy.bill_no = None, f"b{number}", f"BN{number}", f"N{number}"
        copies.append(copy)
    Bill.objects.bulk_create(copies)

    page = shown(clerk, Bill, customer=first.customer_id)
    following = clerk.get(list_of(Bill) + page.context["cl"].paginator.next_url)

    pages = page.context["cl"].paginator
    assert (pages.count.number, "102.000" in str(pages.sums[0].amount)) == (51, True)
    assert [tab["count"] for tab in page.context["status_tabs"]] == ["51", "51", "51", "0", "0"]
    assert ids(following) == [first.pk]
    assert [chosen[:2] for chosen in page.context["cl"].chosen] == [("customer", "ليلى حداد")]
    assert shown(clerk, Bill, customer=first.customer_id, status="PENDING").context["cl"].chosen[0][2] == (
        "?status=PENDING"
    )


@pytest.mark.parametrize("model", BY_CUSTOMER, ids=lambda model: model.__name__)
def test_a_strangers_customer_answers_like_one_that_does_not_exist(model: type[Model], rows: Rows) -> None:
    theirs = make_rows("stranger", phone="0788888888")
    owner, name = signed_in(person_of(rows)), BY_CUSTOMER[model]

    of_mine = shown(owner, model, **{name: rows.bill.customer_id})
    of_theirs, of_nobody, of_nonsense = (
        shown(owner, model, **{name: value}) for value in (theirs.bill.customer_id, 999_999_999, "1 OR 1=1")
    )

    assert rows.of[model].pk in ids(of_mine)
    for answer in (of_theirs, of_nobody, of_nonsense):
        assert (ids(answer), answer.context["cl"].chosen) == ([], [])
        assert theirs.mark not in answer.content.decode()


def test_customers_are_offered_by_any_shape_of_their_phone_or_name_and_strangers_are_not(rows: Rows) -> None:
    make_rows("stranger", phone="0788888888")
    owner = signed_in(person_of(rows))
    mine = Customer.objects.get(merchant=rows.merchant)

    for term in ("", "0770 000 001", "٠٧٧٠٠٠٠٠٠١", "+962770000001", "CUSTOMER mi"):
        assert [offer[0] for offer in offered(owner, "customer", term)] == [mine.name], term
    for term in ("0788888888", "stranger"):
        assert offered(owner, "customer", term) == []
    (offer,) = offered(owner, "customer", list="status=PENDING&before=17&q=x&customer=5")
    assert parse_qs(urlsplit(offer[3]).query) == {"status": ["PENDING"], "q": ["x"], "customer": [str(mine.pk)]}
    assert owner.get(reverse("admin:offers"), {"kind": "secret"}).status_code == 404
    assert Client().get(reverse("admin:offers"), {"kind": "customer"}).status_code == 302


def test_payments_are_found_by_who_recorded_them() -> None:
    merchant = make_merchant()
    noor = make_staff(merchant, username="noor", first_name="Noor")
    stranger = make_staff(make_merchant("elsewhere"), username="stranger")
    client = signed_in(noor)
    of_noor = take(make_bill(merchant), "5", recorded_by=noor)
    take(make_bill(merchant), "7")

    page = shown(client, Payment, recorded_by=noor.pk)

    assert ids(page) == [of_noor.pk]
    assert page.context["cl"].chosen[0][:2] == ("recorded by", "Noor")
    assert [offer[0] for offer in offered(client, "person", "noo")] == ["Noor"]
    assert "stranger" not in {offer[0] for offer in offered(client, "person")}
    assert ids(shown(client, Payment, recorded_by=stranger.pk)) == []


def test_few_merchants_are_listed_and_many_are_looked_for() -> None:
    merchants = [make_merchant(f"shop-{number:02}") for number in range(10)]
    manager, administrator = User.objects.get(pk=make_staff(merchants[0]).pk), signed_in(make_administrator())
    bill = make_bill(merchants[3])

    few = shown(administrator, Bill)
    make_merchant("shop-10", name_en="Aqaba Water")
    many = shown(administrator, Bill, merchant=merchants[3].pk)

    assert ">Razzbery Solutions · shop-09</a>" in few.content.decode()
    assert ">Razzbery Solutions · shop-09</a>" not in many.content.decode()
    assert ids(many) == [bill.pk]
    assert many.context["cl"].chosen[0][:2] == ("merchant", "Razzbery Solutions")
    assert [offer[:2] for offer in offered(administrator, "merchant", "aqaba")] == [("Aqaba Water", "shop-10")]
    assert [offer[1] for offer in offered(signed_in(manager), "merchant")] == ["shop-00"]
    assert "kind=merchant" not in shown(signed_in(manager), Bill).content.decode()


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ({"due": "overdue"}, [10, 31, 1, 21]),
        ({"due": "today"}, [22]),
        ({"due": "week"}, [22, 29]),
        ({"due": "this-month"}, [1, 21, 22, 29, 30]),
        ({"due_from": "2026-10-31", "due_until": "2026-11-21"}, [31, 1, 21]),
        ({"due_from": "2026-11-30"}, [30, 2]),
        ({"due_until": "2026-10-31"}, [10, 31]),
        ({"due": "today", "due_from": "2026-01-01"}, [22]),
        ({"due_from": "٢٠٢٦-١١-٣٠", "due_until": ""}, [30, 2]),
        ({"due_from": "2026-02-31"}, []),
        ({"due": "today", "due_until": "next week"}, []),
    ],
    ids=str,
)
def test_bills_are_found_by_the_days_they_are_due(query: dict[str, str], days: list[int]) -> None:
    with time_machine.travel("2026-11-22T09:00Z", tick=False):
        merchant: Merchant = make_merchant()
        clerk = signed_in(make_staff(merchant))
        for day in ("10-10", "10-31", "11-01", "11-21", "11-22", "11-29", "11-30", "12-02"):
            make_bill(merchant, due_date=date.fromisoformat(f"2026-{day}"))

        page = shown(clerk, Bill, o="due_date", **query)

    assert sorted(row.due_date.day for row in page.context["cl"].result_list) == sorted(days)


@pytest.mark.parametrize("model", [Bill, Installment], ids=lambda model: model.__name__)
def test_what_is_late_has_a_tab_counted_on_the_merchants_own_day(model: type[Model]) -> None:
    merchant, stranger = make_merchant(), make_merchant("stranger")
    clerk = signed_in(make_staff(merchant))
    for whose in (merchant, stranger):
        for day in ("2026-11-20", "2026-11-21", "2026-11-22"):
            make_bill(whose, due_date=date.fromisoformat(day))
        parts = tuple((date(2026, month, day), Decimal(300), "") for month, day in ((11, 21), (11, 22), (12, 10)))
        make_subscription(whose, type=Subscription.Type.CUSTOM_SCHEDULE, custom_installments=parts)
    Installment.objects.filter(due_date__lt=date(2026, 12, 1)).update(status="INVOICED")
    late_bill = Bill.objects.filter(merchant=merchant, due_date=date(2026, 11, 20))
    late_bill.update(status="PAID", amount_paid=F("amount"), paid_at=timezone.now())

    def found(now: str) -> tuple[list[date], dict[str, str]]:
        with time_machine.travel(now, tick=False):
            page = shown(clerk, model, status="OVERDUE")
        tabs = {str(tab["title"]): tab["count"] for tab in page.context["status_tabs"]}
        assert [tab["title"] for tab in page.context["status_tabs"] if tab["is_chosen"]] == ["Overdue"]
        assert page.context["cl"].paginator.count.number == int(tabs["Overdue"])
        return [row.due_date for row in page.context["cl"].result_list], tabs

    before, _counts = found("2026-11-21T20:59Z")
    after, counts = found("2026-11-21T21:00Z")

    assert (before, after) == ([], [date(2026, 11, 21)])
    everything = model._default_manager.filter(merchant=merchant)
    assert (counts["All"], counts["Overdue"]) == (str(everything.count()), "1")


def test_payments_are_found_by_the_merchants_own_days() -> None:
    with time_machine.travel("2026-11-22T09:00Z", tick=False):
        merchant = make_merchant()
        clerk = signed_in(make_staff(merchant))
        bill = make_bill(merchant)
        just_before_midnight = datetime(2026, 10, 31, 23, 59, 59, tzinfo=ZoneInfo("Asia/Amman"))
        october = take(bill, "1", received_at=just_before_midnight)
        november = take(bill, "2", received_at=just_before_midnight + timedelta(seconds=1))

        def found(**query: str) -> list[int]:
            return ids(shown(clerk, Payment, **query))

        assert found(when="last-month") == [october.pk]
        assert found(when="this-month") == [november.pk]
        assert found(when_until="2026-10-31") == [october.pk]
        assert found(when_from="2026-11-01") == [november.pk]
        page = shown(clerk, Payment, when_from="2026-11-01", method="CASH")
        assert page.context["cl"].chosen[1][1:] == ("from 1 Nov 2026", "?method=CASH")
        assert '<input type="hidden" name="method" value="CASH">' in page.content.decode()
