"""The collector's list: amount times lateness decides who comes first, and one tap reaches them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Bill, Customer, Merchant, Role
from invoices.services.collecting import overdue_customers
from invoices.services.figures.keeping import SMALL, count_figures
from invoices.services.issuing import issue_due
from subscriptions.models import Installment
from tests.factories import make_bill, make_merchant, make_subscription
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/billing/customer/collecting/"
TODAY = date(2026, 11, 22)


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


def owes(merchant: Merchant, phone: str, amount: str, days_late: int, today: date = TODAY) -> Bill:
    return make_bill(
        merchant,
        customer_phone=f"0{phone[4:]}",
        customer_name=f"Customer {phone}",
        amount=Decimal(amount),
        due_date=today - timedelta(days=days_late),
    )


def phones(merchant: Merchant, **kwargs: int) -> list[str]:
    page: dict[str, int] = {"offset": 0, "limit": 50} | kwargs
    found = overdue_customers(merchant=merchant, today=TODAY, **page)
    return [row.customer.phone for row in found]


def cards(client: Client, query: str = "") -> Any:
    return client.get(ADDRESS + query).context["cards"]


class TestTheOrder:
    def test_amount_times_days_late_summed_for_each_customer(self, merchant: Merchant) -> None:
        owes(merchant, "+962770000001", "100", 2)
        owes(merchant, "+962770000002", "10", 30)
        owes(merchant, "+962770000003", "15", 10)
        owes(merchant, "+962770000003", "20", 10)

        found = overdue_customers(merchant=merchant, today=TODAY, offset=0, limit=50)

        assert [row.customer.phone[-1] for row in found] == ["3", "2", "1"]
        assert (found[0].owed, found[0].document_count) == (Decimal("35.000"), 2)
        assert found[0].oldest_due_date == TODAY - timedelta(days=10)

    def test_what_is_due_today_paid_or_cancelled_is_nobodys_lateness(self, merchant: Merchant) -> None:
        owes(merchant, "+962770000001", "100", 0)
        owes(merchant, "+962770000002", "100", 5)
        Bill.objects.filter(customer__phone="+962770000002").update(status="CANCELLED", cancelled_at=timezone.now())

        assert phones(merchant) == []

    def test_only_what_is_still_owed_weighs(self, merchant: Merchant) -> None:
        partly = owes(merchant, "+962770000001", "100", 5)
        owes(merchant, "+962770000002", "50", 5)
        Bill.objects.filter(pk=partly.pk).update(amount_paid=Decimal(60))

        assert phones(merchant) == ["+962770000002", "+962770000001"]

    def test_installments_weigh_with_the_bills(self, merchant: Merchant) -> None:
        owes(merchant, "+962770000001", "299", 10)
        plan = make_subscription(merchant, "CUSTOM_SCHEDULE", customer_phone="0770000002")
        Installment.objects.filter(subscription=plan, sequence=1).update(
            status="INVOICED", due_date=TODAY - timedelta(days=10)
        )

        assert phones(merchant) == ["+962770000002", "+962770000001"]

    def test_it_ends_at_two_hundred_and_goes_by_pages(self, merchant: Merchant) -> None:
        for number in range(3):
            owes(merchant, f"+96277000000{number}", "10", 30 - number)

        assert phones(merchant, offset=1, limit=1) == ["+962770000001"]
        assert phones(merchant, offset=199, limit=50) == []
        assert phones(merchant, offset=200, limit=50) == []

    def test_another_merchants_customers_are_not_in_it(self, merchant: Merchant) -> None:
        owes(make_merchant("stranger"), "+962770000001", "100", 5)

        assert phones(merchant) == []


class TestOfALargeMerchant:
    @pytest.fixture
    def late(self, merchant: Merchant) -> Bill:
        """Two are late when its thousands of open bills are counted."""
        owes(merchant, "+962770000001", "100", 5)
        late = owes(merchant, "+962770000002", "10", 40)
        not_due = owes(merchant, "+962770000009", "1", -5)
        as_it_is = {field.attname: getattr(not_due, field.attname) for field in Bill._meta.fields if field.name != "id"}
        Bill.objects.bulk_create(
            Bill(
                **as_it_is
                | {"public_id": f"large-{number}", "billing_no": f"BN-9{number}", "bill_no": f"BILL-9{number}"}
            )
            for number in range(SMALL)
        )
        count_figures(merchant=merchant, now=datetime(2026, 11, 22, 9, tzinfo=UTC))
        return late

    def test_those_who_were_the_heaviest_are_weighed_as_it_is_looked_at(self, merchant: Merchant, late: Bill) -> None:
        owes(merchant, "+962770000003", "1000", 40)
        assert phones(merchant) == ["+962770000001", "+962770000002"]

        Bill.objects.filter(pk=late.pk).update(amount=Decimal(100))
        assert phones(merchant) == ["+962770000002", "+962770000001"]

        Bill.objects.filter(pk=late.pk).update(status="CANCELLED", cancelled_at=timezone.now())
        assert phones(merchant) == ["+962770000001"]

    def test_on_another_day_all_are_weighed_until_they_are_counted(self, merchant: Merchant, late: Bill) -> None:
        owes(merchant, "+962770000003", "1000", 40)

        found = overdue_customers(merchant=merchant, today=TODAY + timedelta(days=1), offset=0, limit=9)

        assert [row.customer.phone[-1] for row in found] == ["3", "1", "2"]

    def test_a_small_merchants_are_weighed_each_time(self, merchant: Merchant) -> None:
        owes(merchant, "+962770000001", "100", 5)
        count_figures(merchant=merchant, now=datetime(2026, 11, 22, 9, tzinfo=UTC))
        owes(merchant, "+962770000002", "1000", 5)

        assert phones(merchant) == ["+962770000002", "+962770000001"]


class TestThePage:
    @pytest.fixture
    def late(self, merchant: Merchant) -> Bill:
        return owes(merchant, "+962770000001", "100", 5, merchant.local_date(timezone.now()))

    def test_a_tap_calls_and_a_tap_writes_the_reminder(self, merchant: Merchant, late: Bill) -> None:
        issue_due(merchant=merchant, now=timezone.now())

        (card,) = cards(signed_in(make_staff(merchant, Role.CLERK)))

        assert card.phone == "+962770000001"
        assert card.whatsapp_url.startswith("https://wa.me/962770000001?text=")
        assert "100.000" in card.owed

    def test_promise_and_last_note_stand_there(self, merchant: Merchant, late: Bill) -> None:
        clerk = signed_in(make_staff(merchant, Role.CLERK))
        Bill.objects.update(promised_until=merchant.local_date(timezone.now()) - timedelta(days=1))
        for text in ("first call", "pays on <Sunday>"):
            clerk.post(f"/admin/billing/customer/{late.customer_id}/do/note/", {"text": text})

        page = clerk.get(ADDRESS).content.decode()

        assert "pays on &lt;Sunday&gt;" in page
        assert "first call" not in page
        assert "Promise broken:" in page

    def test_no_message_to_a_phone_where_somebody_else_answered(self, merchant: Merchant, late: Bill) -> None:
        issue_due(merchant=merchant, now=timezone.now())
        Customer.objects.update(messages_stopped_at=timezone.now())

        (card,) = cards(signed_in(make_staff(merchant, Role.CLERK)))

        assert card.whatsapp_url == ""

    def test_a_cashier_calls_and_does_not_send(self, merchant: Merchant, late: Bill) -> None:
        issue_due(merchant=merchant, now=timezone.now())

        (card,) = cards(signed_in(make_staff(merchant, Role.CASHIER)))

        assert (card.phone, card.whatsapp_url) == ("+962770000001", "")

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
    def test_who_only_reads_has_no_such_list(self, role: Role, merchant: Merchant, late: Bill) -> None:
        assert signed_in(make_staff(merchant, role)).get(ADDRESS).status_code == 404

    def test_another_merchants_list_does_not_exist(self, merchant: Merchant, late: Bill) -> None:
        stranger = signed_in(make_staff(make_merchant("stranger")))

        assert stranger.get(f"{ADDRESS}?merchant={merchant.pk}").status_code == 404
        assert cards(stranger) == []

    @pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=NaN", "?page=99999", "?page=٣"])
    def test_a_page_that_is_none_shows_another(self, query: str, merchant: Merchant, late: Bill) -> None:
        assert signed_in(make_staff(merchant)).get(ADDRESS + query).status_code == 200

    def test_its_queries_do_not_grow_with_it(self, merchant: Merchant, late: Bill) -> None:
        issue_due(merchant=merchant, now=timezone.now())
        clerk = signed_in(make_staff(merchant, Role.CLERK))
        clerk.get(ADDRESS)
        with CaptureQueriesContext(connection) as for_one:
            assert len(cards(clerk)) == 1
        for number in range(2, 8):
            owes(merchant, f"+96277000000{number}", "10", 5, merchant.local_date(timezone.now()))
        issue_due(merchant=merchant, now=timezone.now())

        with CaptureQueriesContext(connection) as for_seven:
            assert len(cards(clerk)) == 7

        assert len(for_seven) == len(for_one)
