"""What lowers a bill says why, and above the merchant's limit waits for a second person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing.jobs.running import run_jobs
from billing.models import Bill, Event, Job, JobRow, Merchant
from invoices.models import Payment
from tests.factories import make_bill
from tests.invoices.admin.held_changes.lowering import WAITS, amount_of, approve, asked_for, lower
from tests.invoices.admin.whole_list import act_on_all
from tests.staff import told

pytestmark = pytest.mark.django_db


def test_a_bill_is_lowered_up_to_the_limit_by_one_person(bill: Bill, manager: Client, owner: Client) -> None:
    lower(manager, bill, "70")

    assert amount_of(bill) == Decimal(70)
    assert not Job.objects.exists()


def test_above_it_somebody_else_approves_who_reads_why(bill: Bill, manager: Client, owner: Client) -> None:
    page = lower(manager, bill, "69.999")

    job = Job.objects.get()
    assert told(page) == [WAITS]
    assert (
        job.title
        == f"Change amount or date: {bill.billing_no} · New amount: JOD\u00a069.999 · JOD\u00a030.001 less is owed"
    )
    assert "The meter was misread" in owner.get(f"/admin/billing/job/{job.pk}/change/").content.decode()
    run_jobs(seconds=30)
    assert amount_of(bill) == Decimal(100)
    (refused,) = approve(manager, job)
    assert refused.startswith("This is approved by somebody else")

    approve(owner, job)
    run_jobs(seconds=30)

    changed = Event.objects.get(name="bill_changed")
    assert amount_of(bill) == Decimal("69.999")
    assert (changed.details["reason"], changed.actor) == ("The meter was misread", f"user:{job.created_by_id}")
    assert list(Event.objects.filter(name__startswith="job_").order_by("pk").values_list("name", flat=True)) == [
        "job_held",
        "job_approved",
    ]


@pytest.mark.parametrize("meanwhile", [{"amount": Decimal(5000)}, {"due_date": date(2027, 1, 1)}])
def test_what_was_approved_is_not_done_to_a_bill_that_changed_meanwhile(
    bill: Bill, manager: Client, owner: Client, meanwhile: dict[str, Any]
) -> None:
    shown = asked_for(bill)
    lower(manager, bill, "60")
    Bill.objects.filter(pk=bill.pk).update(**meanwhile)

    approve(owner, Job.objects.get())
    run_jobs(seconds=30)
    late = {"amount": "99", "due_date": "2026-03-01", "reason": "x", "was": shown}
    page = manager.post(f"/admin/billing/bill/{bill.pk}/do/change-terms/", late)

    said = "The bill was changed since you looked, so nothing was done. Look at it again."
    assert JobRow.objects.get().status == JobRow.Status.REFUSED
    assert said in JobRow.objects.get().message
    assert page.context["form"].non_field_errors() == [said]
    assert Bill.objects.filter(pk=bill.pk, **{"amount": Decimal(100), **meanwhile}).exists()
    assert not Event.objects.filter(name="bill_changed").exists()


@pytest.mark.parametrize(
    ("act", "entries"),
    [("amount", {"amount": "60", "reason": "new price"}), ("mark-paid", {"method": "TRANSFER", "note": "at the bank"})],
)
def test_on_a_list_the_rows_that_changed_meanwhile_are_left_out(
    merchant: Merchant, bill: Bill, manager: Client, owner: Client, act: str, entries: dict[str, str]
) -> None:
    changed = make_bill(merchant, amount=Decimal(100))
    act_on_all(manager, act, **entries)
    Bill.objects.filter(pk=changed.pk).update(amount=Decimal(5000))

    approve(owner, Job.objects.get())
    run_jobs(seconds=30)

    statuses = dict(JobRow.objects.values_list("target_id", "status"))
    assert statuses == {bill.pk: JobRow.Status.DONE, changed.pk: JobRow.Status.REFUSED}
    changed.refresh_from_db()
    assert (changed.amount, changed.amount_paid) == (Decimal(5000), 0)
    assert Payment.objects.count() == (act == "mark-paid")


def test_the_same_page_sent_twice_asks_once(bill: Bill, manager: Client, owner: Client) -> None:
    form = {"amount": "1", "due_date": bill.due_date.isoformat(), "reason": "x", "csrfmiddlewaretoken": "of this page"}
    form["was"] = asked_for(bill)
    address = f"/admin/billing/bill/{bill.pk}/do/change-terms/"

    manager.post(address, form)
    again = manager.post(address, form, follow=True)

    assert Job.objects.count() == 1
    assert told(again)[-1].startswith("A change waits for approval here already.")


def test_raising_a_bill_or_moving_its_day_waits_for_nobody(bill: Bill, manager: Client, owner: Client) -> None:
    lower(manager, bill, "500")

    assert amount_of(bill) == Decimal(500)


def test_a_list_of_bills_waits_by_what_they_lose_together(
    merchant: Merchant, bill: Bill, manager: Client, owner: Client
) -> None:
    make_bill(merchant, amount=Decimal(80))
    act_on_all(manager, "amount", amount="75", reason="new price")
    assert Job.objects.get().status == Job.Status.QUEUED

    act_on_all(manager, "amount", amount="74.999", reason="new price")

    held = Job.objects.get(status=Job.Status.HELD)
    assert "JOD\u00a030.002 less is owed" in held.title
