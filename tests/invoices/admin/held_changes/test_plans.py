"""What lowers a plan says why, and above the merchant's limit waits for a second person."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing.jobs.running import run_jobs
from billing.models import Event, Job, Merchant
from subscriptions.models import Installment, Subscription
from tests.factories import make_subscription
from tests.invoices.acts import take
from tests.invoices.admin.held_changes.lowering import WAITS, approve
from tests.staff import told
from tests.subscriptions.admin.office import confirmed, rehearse, url_of

pytestmark = pytest.mark.django_db


def test_a_waived_payment_says_why_and_waits(merchant: Merchant, manager: Client, owner: Client) -> None:
    plan = make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE)
    unexplained = rehearse(manager, url_of(plan, "skip"), {"sequence": "3"})
    assert unexplained.context["form"].errors == {"reason": ["Say why less is owed than before."]}

    page = confirmed(manager, url_of(plan, "skip"), {"sequence": "3", "reason": "closed in March"})
    assert told(page) == [WAITS]
    assert not plan.installments.filter(status=Installment.Status.SKIPPED).exists()
    approve(owner, Job.objects.get())
    run_jobs(seconds=30)

    assert plan.installments.get(sequence=3).status == Installment.Status.SKIPPED
    assert Event.objects.get(name="skipped").details["reason"] == "closed in March"


@pytest.mark.parametrize("is_invoiced", [True, False])
def test_a_plan_without_an_end_is_not_lowered_from_its_last_payments_by_one_person(
    merchant: Merchant, manager: Client, owner: Client, is_invoiced: bool
) -> None:
    plan = make_subscription(merchant, Subscription.Type.OPEN_ENDED, recurring_amount=Decimal(500))
    if is_invoiced:
        plan.installments.update(status=Installment.Status.INVOICED, invoiced_at=plan.created_at)
    entries = {"amount": "1", "payment_day": "1", "interval": "MONTHLY", "reason": ""}
    entries["from_sequence"] = str(plan.last_sequence + is_invoiced)
    unexplained = rehearse(manager, url_of(plan, "terms"), entries)
    assert unexplained.context["form"].errors == {"reason": ["Say why less is owed than before."]}

    page = confirmed(manager, url_of(plan, "terms"), entries | {"reason": "moved to a flat"})

    lost = "5,988.000" if is_invoiced else "6,487.000"
    assert told(page) == [WAITS]
    assert Job.objects.get().title.endswith(f"JOD\u00a0{lost} less is owed · a year of later payments counted")
    assert not plan.terms.exists()
    approve(owner, Job.objects.get())
    run_jobs(seconds=30)
    assert plan.terms.get().amount == Decimal(1)


def test_no_end_that_is_given_and_taken_away_hides_what_later_payments_ask_for_less(
    merchant: Merchant, manager: Client, owner: Client
) -> None:
    plan = make_subscription(merchant, Subscription.Type.OPEN_ENDED, recurring_amount=Decimal(25))
    confirmed(manager, url_of(plan, "end"), {"ends_after": "1", "reason": "moves away"})
    entries = {"from_sequence": "1", "amount": "20", "payment_day": "1", "interval": "MONTHLY", "reason": "stays"}

    page = confirmed(manager, url_of(plan, "terms"), entries)
    confirmed(manager, url_of(plan, "end"), {"ends_after": "", "reason": ""})

    assert told(page) == [WAITS]
    assert Job.objects.get().title.endswith("JOD\u00a065.000 less is owed · a year of later payments counted")
    plan.refresh_from_db()
    assert plan.ends_after is None
    assert not plan.terms.exists()
    assert set(plan.installments.values_list("amount", flat=True)) == {Decimal(25)}


def test_a_plan_that_moved_meanwhile_is_left_as_it_is(merchant: Merchant, manager: Client, owner: Client) -> None:
    plan = make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE)
    confirmed(manager, url_of(plan, "skip"), {"sequence": "3", "reason": "closed in March"})
    take(plan.installments.get(sequence=1), "300")

    approve(owner, Job.objects.get())
    run_jobs(seconds=30)

    job = Job.objects.get()
    assert (job.done_count, job.refused_count) == (0, 1)
    assert plan.installments.get(sequence=3).status == Installment.Status.SCHEDULED


def test_what_owes_as_much_as_before_needs_no_reason_and_no_second_person(
    merchant: Merchant, manager: Client, owner: Client
) -> None:
    plan = make_subscription(merchant)

    confirmed(manager, url_of(plan, "skip"), {"sequence": "4"})

    assert not Job.objects.exists()
    assert Event.objects.filter(name="skipped").exists()


def test_held_periods_are_waived_with_a_reason_after_a_second_persons_yes(
    merchant: Merchant, manager: Client, owner: Client
) -> None:
    plan = make_subscription(merchant, Subscription.Type.OPEN_ENDED, recurring_amount=Decimal(31))
    first = plan.installments.order_by("sequence")[0]
    Installment.objects.filter(pk=first.pk).update(hold=Installment.Hold.CATCH_UP)
    address = f"/admin/subscriptions/installment/{first.pk}/do/skip-held/"

    assert manager.post(address).context["form"].errors
    manager.post(address, {"reason": "paused by phone"})
    first.refresh_from_db()
    assert first.status == Installment.Status.SCHEDULED
    approve(owner, Job.objects.get())
    run_jobs(seconds=30)

    first.refresh_from_db()
    assert first.status == Installment.Status.SKIPPED
    assert Event.objects.get(name="skipped").details["reason"] == "paused by phone"
