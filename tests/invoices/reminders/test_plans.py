"""A merchant's plan, and the preview of what it comes to for one document."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from billing.clock import database_now
from billing.models import Bill, Event, Merchant
from invoices.models import Invoice, ReminderChannel, ReminderStep
from invoices.services.reminders.plans import PlanExists, coming_reminders, start_usual_plan
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.reminders.calendar import write_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    merchant = make_merchant()
    write_plan(merchant, -2, 1, 5)
    return merchant


def today_of(merchant: Merchant) -> date:
    return merchant.local_date(database_now())


def preview(payable: Bill | Installment) -> list[int]:
    """How many days from today each reminder goes out."""
    return [(each.on_date - today_of(payable.merchant)).days for each in coming_reminders(payable, now=database_now())]


def test_a_merchant_has_no_plan_until_somebody_wants_one() -> None:
    merchant = make_merchant()

    assert not merchant.reminder_steps.exists()
    assert preview(make_bill(merchant, due_date=today_of(merchant))) == []


def test_the_usual_plan_is_started_by_one_act_and_once() -> None:
    merchant = make_merchant()

    start_usual_plan(merchant_id=merchant.pk, actor="user:1")
    with pytest.raises(PlanExists):
        start_usual_plan(merchant_id=merchant.pk, actor="user:1")

    assert list(merchant.reminder_steps.values_list("days", "channel")) == [
        (days, "GATEWAY") for days in (-3, 0, 3, 7, 14)
    ]
    assert Event.objects.filter(name="reminder_plan_started").count() == 1


def test_the_database_refuses_a_step_twice_and_one_far_from_the_date(merchant: Merchant) -> None:
    for days in (1, -61, 366):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReminderStep.objects.create(merchant=merchant, days=days, channel=ReminderChannel.EMAIL)

    assert merchant.reminder_steps.count() == 3


def test_a_bill_shows_its_exact_days(merchant: Merchant) -> None:
    assert preview(make_bill(merchant, due_date=today_of(merchant) + timedelta(days=10))) == [8, 11, 15]


def test_an_installment_not_yet_invoiced_shows_them_too(merchant: Merchant) -> None:
    due = today_of(merchant) + timedelta(days=40)
    plan = make_subscription(
        merchant, Subscription.Type.CUSTOM_SCHEDULE, custom_installments=((due, 900, ""),), total_amount=900
    )

    assert preview(plan.installments.get()) == [38, 41, 45]


def test_what_falls_on_the_day_of_the_invoice_itself_is_left_out(merchant: Merchant) -> None:
    Merchant.objects.update(issue_days_ahead=2)
    merchant.refresh_from_db()
    due = today_of(merchant) + timedelta(days=40)
    plan = make_subscription(
        merchant, Subscription.Type.CUSTOM_SCHEDULE, custom_installments=((due, 900, ""),), total_amount=900
    )

    assert preview(plan.installments.get()) == [41, 45]


def test_a_promise_is_seen_in_the_preview(merchant: Merchant) -> None:
    due = today_of(merchant) + timedelta(days=10)

    assert preview(make_bill(merchant, due_date=due)) == [8, 11, 15]
    Bill.objects.update(promised_until=due + timedelta(days=2))
    assert preview(Bill.objects.get()) == [13, 15]


def test_nothing_comes_for_what_is_paid_or_an_inactive_merchant(merchant: Merchant) -> None:
    bill = make_bill(merchant, due_date=today_of(merchant) + timedelta(days=10))

    bill.status = Bill.Status.CANCELLED
    assert preview(bill) == []
    bill.status = Bill.Status.PENDING
    bill.merchant.is_active = False
    assert preview(bill) == []


def test_nothing_comes_after_staff_took_the_invoice_back(merchant: Merchant) -> None:
    bill = make_bill(merchant, due_date=today_of(merchant) + timedelta(days=10))
    Invoice.objects.create(
        merchant=merchant,
        number="INV-1",
        reference="INV-1-x",
        customer=bill.customer,
        bill=bill,
        currency="JOD",
        amount=bill.amount,
        language="en",
        channel="SMS",
        due_date=bill.due_date,
        expires_on=bill.due_date,
        status=Invoice.Status.CANCELLED,
    )

    assert preview(bill) == []
