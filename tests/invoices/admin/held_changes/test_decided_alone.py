"""Many steps of one person, each below the limit, are added up over the merchant's day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.admin.bills.cancelling import CancelBill
from billing.admin.bills.changing import ChangeBill
from billing.admin.page_actions import Doer
from billing.clock import database_now
from billing.jobs.running import run_jobs
from billing.models import Bill, Customer, Event, Job, JobRow, Merchant
from billing.services.deciding_alone import MoreThanAlone
from invoices.models import Credit, Payment, Refund
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import take
from tests.invoices.admin.whole_list import act_on_all
from tests.staff import make_staff, told
from tests.subscriptions.admin.office import confirmed, url_of

pytestmark = pytest.mark.django_db

WAITS = "Nothing is changed yet: it waits for somebody else's approval."
NEIGHBOUR = "0777000000"


def url(row: Any, act: str) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/do/{act}/"


def lower(client: Client, bill: Bill, amount: str) -> list[str]:
    found = Bill.objects.get(pk=bill.pk)
    form = {"amount": amount, "due_date": found.due_date.isoformat(), "reason": "The meter was misread"}
    form["was"] = f"{found.amount} {found.due_date}"
    return told(client.post(url(bill, "change-terms"), form, follow=True))


def amount_of(bill: Bill) -> Decimal:
    return Bill.objects.get(pk=bill.pk).amount


def said_before(client: Client, row: Any, act: str) -> list[str]:
    sentences = client.get(url(row, act)).context["consequences"]
    return [str(each) for each in sentences if "You have already decided" in str(each)]


def test_the_same_bill_is_not_lowered_in_pieces(bill: Bill, manager: Client, owner: Client) -> None:
    assert said_before(manager, bill, "change-terms") == []
    lower(manager, bill, "80")
    assert said_before(manager, bill, "change-terms") == [
        "You have already decided on JOD\u00a020.000 for this customer today. "
        "Alone a person may decide on JOD\u00a030.000 a day."
    ]
    lower(manager, bill, "70")
    assert amount_of(bill) == Decimal(70)

    page = lower(manager, bill, "69.999")

    assert page == [WAITS]
    assert amount_of(bill) == Decimal(70)
    assert Job.objects.get().title.endswith(
        "JOD\u00a00.001 less is owed · JOD\u00a030.000 decided alone before on the same day"
    )
    steps = Event.objects.filter(subject=Event.Subject.CUSTOMER, name="decided_alone").order_by("pk")
    assert [(step.details["amount"], step.details["note"]) for step in steps] == [
        ("20.000", bill.billing_no),
        ("10.000", bill.billing_no),
    ]


def test_the_question_costs_one_query_more(merchant: Merchant, bill: Bill, manager: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            manager.get(url(bill, "change-terms"))
        return len(found)

    queries()  # kinds of rows are read once in a process
    with_limit = queries()
    Merchant.objects.update(second_person_above=0)

    assert with_limit == queries() + 1


def test_what_is_not_the_same_persons_or_customers_or_days_is_not_added(
    merchant: Merchant, bill: Bill, manager: Client, owner: Client
) -> None:
    neighbours = make_bill(merchant, amount=Decimal(100), customer_phone=NEIGHBOUR)
    lower(manager, bill, "70")

    lower(manager, neighbours, "70")
    lower(owner, bill, "40")
    Event.objects.filter(name="decided_alone").update(occurred_at=merchant.day_began(database_now()) - timedelta(1))
    lower(manager, bill, "10")

    assert (amount_of(neighbours), amount_of(bill)) == (Decimal(70), Decimal(10))
    assert not Job.objects.exists()


def test_raising_it_again_gives_nothing_back_and_is_not_held_itself(bill: Bill, manager: Client, owner: Client) -> None:
    lower(manager, bill, "70")

    lower(manager, bill, "100")

    assert amount_of(bill) == Decimal(100)
    assert lower(manager, bill, "70") == [WAITS]


def test_what_somebody_approved_is_not_added(bill: Bill, manager: Client, owner: Client) -> None:
    lower(manager, bill, "40")
    owner.post(url(Job.objects.get(), "approve"))
    run_jobs(seconds=30)
    assert amount_of(bill) == Decimal(40)

    lower(manager, bill, "10")

    assert amount_of(bill) == Decimal(10)
    assert Job.objects.count() == 1


def test_whatever_the_same_customer_owes_is_added_and_doubles_of_them_too(
    merchant: Merchant, bill: Bill, manager: Client, owner: Client
) -> None:
    double = make_bill(merchant, amount=Decimal(100), customer_phone=NEIGHBOUR)
    plan = make_subscription(merchant, Subscription.Type.OPEN_ENDED, recurring_amount=Decimal(25))
    first = plan.installments.order_by("sequence")[0]
    paid = take(make_bill(merchant, amount=Decimal(50)), "50")
    lower(manager, double, "90")
    Customer.objects.filter(pk=double.customer_id).update(merged_into=bill.customer_id)
    Bill.objects.filter(pk=double.pk).update(customer=bill.customer_id)

    assert lower(manager, bill, "79") == [WAITS]
    skip = {"sequence": str(first.sequence), "reason": "closed"}
    assert told(confirmed(manager, url_of(plan, "skip"), skip)) == [WAITS]
    refund = {"amount": "21", "method": "CASH", "reason": "x", "left": "50"}
    manager.post(url(paid, "refund"), refund)
    Payment.objects.filter(pk=paid.pk).update(amount=Decimal(100), review_reason="OVERPAID")
    credit = {"target": f"bill-{bill.pk}", "amount": "21", "reason": "x", "left": "50"}
    manager.post(url(paid, "credit"), credit)

    assert (Refund.objects.get().status, Credit.objects.get().status) == ("REQUESTED", "REQUESTED")
    assert said_before(manager, paid, "refund") == [
        "You have already decided on JOD\u00a010.000 for this customer today. "
        "Alone a person may decide on JOD\u00a030.000 a day."
    ]
    manager.post(url(paid, "refund"), refund | {"amount": "20", "left": "58"})
    assert Refund.objects.get(amount=20).status == "APPROVED"
    Installment.objects.filter(pk=first.pk).update(hold=Installment.Hold.CATCH_UP, amount=Decimal("0.500"))
    waived = manager.post(url(first, "skip-held"), {"reason": "closed"}, follow=True)
    assert told(waived)[-1] == WAITS
    assert Installment.objects.get(pk=first.pk).status == Installment.Status.SCHEDULED


def test_of_two_tabs_that_were_both_below_the_limit_only_one_gets_through(merchant: Merchant, bill: Bill) -> None:
    other = make_bill(merchant, amount=Decimal(25))
    doer = Doer(user=make_staff(merchant), now=database_now())
    lowered, cancelled = {"amount": Decimal(80), "due_date": bill.due_date, "reason": "x"}, {"reason": "x"}
    both = ((ChangeBill(), bill, lowered), (CancelBill(), other, cancelled))
    for act, row, values in both:
        assert act.to_be_approved(merchant, Bill.objects.filter(pk=row.pk), values, doer) == ""

    ChangeBill().run(bill, values=lowered, doer=doer)
    with pytest.raises(MoreThanAlone):
        CancelBill().run(other, values=cancelled, doer=doer)

    assert Bill.objects.get(pk=other.pk).status == Bill.Status.PENDING
    assert not Event.objects.filter(name="cancelled").exists()


class TestLists:
    def test_a_list_counts_what_was_decided_for_its_customers_and_the_question_says_so(
        self, merchant: Merchant, bill: Bill, manager: Client, owner: Client
    ) -> None:
        make_bill(merchant, amount=Decimal(100), customer_phone=NEIGHBOUR)
        lower(manager, bill, "80")

        asked = manager.get("/admin/billing/bill/all/amount/").context["consequences"]
        act_on_all(manager, "amount", amount="79", reason="new price")

        told_of = "You have already decided on JOD\u00a020.000 for customers of this list today. "
        told_of += "Alone a person may decide on JOD\u00a030.000 a day."
        assert told_of in [str(each) for each in asked]
        assert Job.objects.get().status == Job.Status.HELD
        assert "JOD\u00a022.000 less is owed · JOD\u00a020.000 decided alone" in Job.objects.get().title

    def test_two_lists_begun_at_once_lower_no_customer_by_more_than_the_limit(
        self, merchant: Merchant, bill: Bill, manager: Client, owner: Client
    ) -> None:
        other = make_bill(merchant, amount=Decimal(100))
        act_on_all(manager, "amount", f"?q={bill.billing_no}", amount="80", reason="new price")
        act_on_all(manager, "amount", f"?q={other.billing_no}", amount="80", reason="new price")

        run_jobs(seconds=30)

        assert sorted([amount_of(bill), amount_of(other)]) == [Decimal(80), Decimal(100)]
        refused = JobRow.objects.get(status=JobRow.Status.REFUSED)
        assert refused.message.startswith("With what you have decided for this customer today")


class TestCancelling:
    def test_a_bill_above_the_limit_is_cancelled_by_two(self, bill: Bill, manager: Client, owner: Client) -> None:
        page = manager.post(url(bill, "cancel"), {"reason": "moved away"}, follow=True)
        assert told(page) == [WAITS]
        assert Bill.objects.get(pk=bill.pk).status == Bill.Status.PENDING

        owner.post(url(Job.objects.get(), "approve"))
        run_jobs(seconds=30)

        assert Bill.objects.get(pk=bill.pk).status == Bill.Status.CANCELLED
        assert Event.objects.get(name="cancelled").details["reason"] == "moved away"

    def test_ones_own_bill_of_the_same_day_is_taken_back_alone(
        self, merchant: Merchant, bill: Bill, manager: Client, owner: Client
    ) -> None:
        entered = Event.objects.filter(subject=Event.Subject.BILL, subject_id=bill.pk, name="created")
        entered.update(actor=f"user:{manager.session['_auth_user_id']}")
        theirs = make_bill(merchant, amount=Decimal(100))

        manager.post(url(bill, "cancel"), {"reason": "typed twice"})
        owner.post(url(theirs, "cancel"), {"reason": "typed twice"})

        assert Bill.objects.get(pk=bill.pk).status == Bill.Status.CANCELLED
        assert Bill.objects.get(pk=theirs.pk).status == Bill.Status.PENDING
        assert not Event.objects.filter(name="decided_alone").exists()

    @pytest.mark.parametrize("paid_or_late", ["paid", "late"])
    def test_not_once_something_is_paid_or_the_day_is_over(
        self, merchant: Merchant, bill: Bill, manager: Client, owner: Client, paid_or_late: str
    ) -> None:
        entered = Event.objects.filter(subject=Event.Subject.BILL, subject_id=bill.pk, name="created")
        entered.update(actor=f"user:{manager.session['_auth_user_id']}")
        if paid_or_late == "paid":
            take(bill, "1")
        else:
            entered.update(occurred_at=merchant.day_began(database_now()) - timedelta(seconds=1))

        assert told(manager.post(url(bill, "cancel"), {"reason": "typed twice"}, follow=True)) == [WAITS]

    def test_a_list_of_bills_waits_by_what_it_drops(
        self, merchant: Merchant, bill: Bill, manager: Client, owner: Client
    ) -> None:
        act_on_all(manager, "cancel", reason="a wrong file")
        run_jobs(seconds=30)

        assert "JOD\u00a0100.000 less is owed" in Job.objects.get(status=Job.Status.HELD).title
        assert Bill.objects.get(pk=bill.pk).status == Bill.Status.PENDING
