"""An act on a list passes over what is in no state for it, and says why: of a whole list, and of ticked rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing.clock import database_now
from billing.jobs.running import run_jobs
from billing.models import Bill, Job, JobRow, Merchant
from invoices.models import Invoice, Payment, Shift, ShiftEntry
from invoices.policy import GatewayPolicy
from invoices.services.issuing import issue_due
from invoices.services.takings import NoAmountToTake, take_payment
from subscriptions.models import Installment
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.admin.whole_list import ALL, act_on_all
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(language="en", second_person_above=Decimal(1000))


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return signed_in(make_staff(merchant, username="owner"))


@pytest.fixture
def bills(merchant: Merchant) -> dict[str, Bill]:
    made = {status: make_bill(merchant, amount=Decimal(10)) for status in ("PENDING", "PAID", "CANCELLED")}
    Bill.objects.filter(pk=made["PAID"].pk).update(status="PAID", amount_paid=Decimal(10), paid_at=database_now())
    Bill.objects.filter(pk=made["CANCELLED"].pk).update(status="CANCELLED", cancelled_at=database_now())
    return made


def outcomes(bills: dict[str, Bill]) -> dict[str, str]:
    found = dict(JobRow.objects.values_list("target_id", "message"))
    return {status: found[bill.pk] for status, bill in bills.items()}


FORMS: dict[str, dict[str, Any]] = {
    "mark-paid": {"method": "CASH", "note": "at the branch"},
    "cancel": {"reason": "x"},
    "amount": {"amount": "12", "reason": "x"},
    "remind": {"channel": "GATEWAY"},
    "renew": {},
}


@pytest.mark.parametrize("act", ["mark-paid", "cancel"])
def test_a_row_that_is_paid_or_cancelled_says_so(
    act: str, merchant: Merchant, owner: Client, bills: dict[str, Bill]
) -> None:
    act_on_all(owner, act, **FORMS[act])
    run_jobs(seconds=30)

    said = outcomes(bills)
    assert said["PAID"] == "This cannot be done to it as it is now: Paid"
    assert said["CANCELLED"] == "This cannot be done to it as it is now: Cancelled"
    assert set(JobRow.objects.values_list("status", flat=True)) == {"DONE", "REFUSED"}
    assert JobRow.objects.get(status="DONE").target_id == bills["PENDING"].pk
    assert Payment.objects.count() == (1 if act == "mark-paid" else 0)


def test_every_act_on_a_list_of_bills_refuses_in_words(owner: Client, bills: dict[str, Bill]) -> None:
    while_waiting = {
        act: form for act, form in FORMS.items() if act != "mark-paid"
    }  # which is a job also of ticked rows

    for act, form in while_waiting.items():
        ticked = {"action": act, "_selected_action": [bill.pk for bill in bills.values()], "confirmed": "1"}
        before = Bill.objects.get(pk=bills["PAID"].pk)

        refused = told(owner.post("/admin/billing/bill/", ticked | form, follow=True))

        paid = bills["PAID"].billing_no
        assert f"{paid}: This cannot be done to it as it is now: Paid" in refused, act
        assert Bill.objects.values().get(pk=before.pk) == Bill.objects.filter(pk=before.pk).values()[0], act


def test_why_a_bill_that_is_owed_is_passed_over(merchant: Merchant, owner: Client) -> None:
    make_bill(merchant)
    never_invoiced = owner.get(f"{ALL}/renew/").context["dry_run"].reasons
    no_link = owner.get(f"{ALL}/remind/").context["dry_run"].reasons
    issue_due(merchant=merchant, now=database_now())
    open_invoice = owner.get(f"{ALL}/renew/").context["dry_run"].reasons

    assert never_invoiced == [("Its first invoice is still to come, by itself.", 1)]
    assert no_link[0][0].startswith("The customer holds no valid link")
    assert open_invoice[0][0].startswith("An invoice for this is still open.")


def test_a_period_that_is_not_held_is_not_skipped(merchant: Merchant, owner: Client) -> None:
    make_subscription(merchant, "CUSTOM_SCHEDULE")
    address = "/admin/subscriptions/installment/all/skip-held/"
    page = owner.get(address)
    form = dict(page.context["dry_run"].told) | {"once": page.context["once"], "confirmed": "1", "reason": "x"}

    owner.post(address, form)
    run_jobs(seconds=30)

    assert set(JobRow.objects.values_list("message", flat=True)) == {
        "This cannot be done to it as it is now: Scheduled"
    }
    assert not Installment.objects.filter(status="SKIPPED").exists()


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_no_amount_is_no_payment(amount: str, merchant: Merchant) -> None:
    cashier = make_staff(merchant, username="cashier")
    bill = make_bill(merchant)
    issue_due(merchant=merchant, now=database_now())

    with pytest.raises(NoAmountToTake):
        take_payment(
            payable=bill,
            method=Payment.Method.CASH,
            amount=Decimal(amount),
            recorded_by=cashier,
            note="",
            policy=GatewayPolicy.from_settings(),
            now=database_now(),
        )

    assert not Payment.objects.exists()
    assert Invoice.objects.get().cancel_requested_at is None


class TestMoneyReceivedElsewhere:
    def test_it_is_in_nobodys_drawer_and_still_counted_as_theirs(
        self, merchant: Merchant, owner: Client, bills: dict[str, Bill]
    ) -> None:
        owner.post(f"/admin/billing/merchant/{merchant.pk}/do/open-shift/", {"opening_float": "20"})

        act_on_all(owner, "mark-paid", **FORMS["mark-paid"])
        run_jobs(seconds=30)

        payment = Payment.objects.get()
        assert (payment.method, payment.recorded_by) == ("CASH", Shift.objects.get().cashier)
        assert not ShiftEntry.objects.exists()
        page = owner.get("/admin/reports/collected-by-person/").content.decode()
        assert "10.000" in page

    def test_ticked_rows_are_no_other_money(self, merchant: Merchant, owner: Client, bills: dict[str, Bill]) -> None:
        owner.post(f"/admin/billing/merchant/{merchant.pk}/do/open-shift/", {"opening_float": "20"})
        form = {"action": "mark-paid", "_selected_action": [bill.pk for bill in bills.values()]} | FORMS["mark-paid"]
        question = owner.post("/admin/billing/bill/", form)
        form |= {"confirmed": "1", "once": question.context["once"]}

        for _ in range(2):
            owner.post("/admin/billing/bill/", form)
        recorded_while_waiting = Payment.objects.count()
        run_jobs(seconds=30)

        assert recorded_while_waiting == 0
        assert Payment.objects.get().method == "CASH"
        assert not ShiftEntry.objects.exists()
        job = Job.objects.get()
        assert (job.row_count, job.done_count, job.refused_count) == (3, 1, 2)
        assert outcomes(bills)["PAID"] == "This cannot be done to it as it is now: Paid"
