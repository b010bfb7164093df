"""Before an act on a whole list is confirmed, it is said what it will come to."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.clock import database_now
from billing.jobs.running import run_jobs
from billing.models import Bill, Customer, Job, JobRow, Merchant
from invoices.models import Invoice, Reminder
from invoices.services.issuing import issue_due
from invoices.services.reminders.plans import plan_of
from invoices.services.reminders.requests import ask_for_reminder
from tests.factories import make_bill, make_merchant
from tests.invoices.admin.rows import make_account
from tests.invoices.admin.whole_list import ALL, answer, ask
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en", second_person_above=Decimal(1000))


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, username="owner"))


class TestOneAmountForAll:
    @pytest.fixture
    def bills(self, merchant: Merchant) -> list[Bill]:
        """Two that go up, one that goes down, one as it is, one with more paid already, and one that is cancelled."""
        bills = [make_bill(merchant, amount=Decimal(amount)) for amount in ("10", "20", "90", "50", "80", "7")]
        Bill.objects.filter(pk__in=[bills[1].pk, bills[2].pk]).update(amount_paid=Decimal(5))
        Bill.objects.filter(pk=bills[4].pk).update(amount_paid=Decimal(60))
        Bill.objects.filter(pk=bills[5].pk).update(status="CANCELLED", cancelled_at=database_now())
        return bills

    def test_what_goes_up_and_down_and_what_is_owed_is_said_first(self, owner: Client, bills: list[Bill]) -> None:
        form = ask(owner, "amount") | {"amount": "50", "reason": "a new price"}

        foretold = answer(owner, "amount", **form)

        assert foretold.context["effect"] == [
            "2 bills go up.",
            "1 bill goes down.",
            "1 bill asks for this already and stays.",
            "1 bill has more paid already and stays.",
            "Owed now: JOD\u00a0180.000. Owed afterwards: JOD\u00a0210.000.",
        ]
        assert not Job.objects.exists()

        answer(owner, "amount", **form, told_effect=foretold.context["told_effect"])
        run_jobs(seconds=30)

        owed = sum(bill.amount_due for bill in Bill.objects.all())
        assert owed == Decimal(210)
        assert JobRow.objects.filter(status="DONE").count() == 3

    def test_another_amount_than_was_foretold_is_foretold_again(self, owner: Client, bills: list[Bill]) -> None:
        form = ask(owner, "amount") | {"amount": "50", "reason": "a new price"}
        told = answer(owner, "amount", **form).context["told_effect"]

        again = answer(owner, "amount", **form | {"amount": "500"}, told_effect=told)

        assert again.context["effect"][0] == "5 bills go up."
        assert not Job.objects.exists()


def dry_run(client: Client, act: str = "remind") -> Any:
    return client.get(f"{ALL}/{act}/").context["dry_run"]


class TestReminders:
    @pytest.fixture
    def bills(self, merchant: Merchant) -> list[Bill]:
        """Of eight customers, each holding a link that is out."""
        make_account(merchant, "of-shop")
        bills = [make_bill(merchant, customer_phone=f"077000000{number}") for number in range(8)]
        issue_due(merchant=merchant, now=database_now())
        Invoice.objects.update(delivery="SENT", sent_at=database_now() - timedelta(days=2))
        return bills

    def test_it_is_said_who_is_reminded_and_why_others_are_not(
        self, merchant: Merchant, owner: Client, bills: list[Bill]
    ) -> None:
        now = database_now()
        promised, replaced, stopped, reminded, unsent, _fine, twice, paid = bills
        Bill.objects.filter(pk=promised.pk).update(promised_until=merchant.local_date(now))
        Invoice.objects.filter(bill=replaced).update(cancel_requested_at=now)
        Customer.objects.filter(pk=stopped.customer_id).update(messages_stopped_at=now)
        ask_for_reminder(payable=reminded, channel="GATEWAY", plan=plan_of(merchant), actor="system", now=now)
        Invoice.objects.filter(bill=unsent).update(delivery="UNKNOWN")
        Bill.objects.filter(pk=twice.pk).update(customer=paid.customer)
        Invoice.objects.filter(bill=twice).update(customer=paid.customer)

        found = dry_run(owner)

        told = {reason[:36]: count for reason, count in found.reasons}
        assert told == {
            "The customer holds no valid link for": 2,
            "The customer has promised to pay by ": 1,
            "Somebody answered at this phone who ": 1,
            "This customer has had a reminder tod": 1,
            "This customer is reminded of another": 1,
        }
        assert found.able == 2

        answer(owner, "remind", **ask(owner, "remind"), channel="WHATSAPP")
        run_jobs(seconds=30)
        assert JobRow.objects.filter(status="DONE").count() == 2
        assert Reminder.objects.count() == 3

    @pytest.mark.parametrize("act", ["remind", "renew"])
    def test_it_costs_the_same_for_many(self, act: str, merchant: Merchant, owner: Client, bills: list[Bill]) -> None:
        others = Bill.objects.filter(pk__in=[bill.pk for bill in bills[2:]])
        others.update(status="CANCELLED", cancelled_at=database_now())
        dry_run(owner, act)
        with CaptureQueriesContext(connection) as for_two:
            refused = dry_run(owner, act).unable
        others.update(status="PENDING", cancelled_at=None)

        with CaptureQueriesContext(connection) as for_eight:
            dry_run(owner, act)

        assert refused == (6 if act == "remind" else 8)
        assert len(for_eight) == len(for_two)
