"""Installments are reminded of like bills, and a worker finds them by itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from billing.clock import database_now
from invoices.models import Invoice, Reminder
from invoices.services.reminders.plans import coming_reminders
from invoices.tasks import send_reminders
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import take
from tests.invoices.reminders.calendar import let_days_pass, remind, reminders, write_plan
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def installment(shop: SandboxedMerchant, sandbox_settings: Any) -> Installment:
    """Due today, its invoice sent three days ago; the plan has a step today and one tomorrow."""
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    write_plan(shop.merchant, 0, 1)
    due = shop.merchant.local_date(database_now()) + timedelta(days=3)
    make_subscription(
        shop.merchant,
        Subscription.Type.CUSTOM_SCHEDULE,
        total_amount=Decimal(900),
        custom_installments=((due, Decimal(900), ""),),
    )
    shop.issue()
    shop.push()
    let_days_pass(3)
    return Installment.objects.get()


def test_an_installment_is_reminded_of_by_the_task(shop: SandboxedMerchant, installment: Installment) -> None:
    messages = len(shop.messages())

    send_reminders(shop.merchant.pk)
    send_reminders(shop.merchant.pk)

    assert list(Reminder.objects.values_list("installment", "bill", "days", "status")) == [
        (installment.pk, None, 0, "SENT")
    ]
    assert len(shop.messages()) == messages + 1


def test_the_sweep_by_hand_reminds_too(
    shop: SandboxedMerchant, installment: Installment, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("sweep")

    assert '"reminders": 1' in capsys.readouterr().out
    assert reminders() == [(0, "GATEWAY", "SENT")]


def test_a_bill_and_an_installment_of_one_customer_take_turns(
    shop: SandboxedMerchant, installment: Installment
) -> None:
    make_bill(shop.merchant, due_date=installment.due_date)
    shop.issue()
    shop.push()
    Invoice.objects.filter(bill__isnull=False).update(sent_at=database_now() - timedelta(days=1))

    assert [remind(shop), remind(shop)] == [1, 0]
    let_days_pass(1)
    assert [remind(shop), remind(shop)] == [1, 0]

    assert Reminder.objects.values("on_date").distinct().count() == 2


def test_what_was_previewed_is_what_was_sent(shop: SandboxedMerchant, installment: Installment) -> None:
    today = shop.merchant.local_date(database_now())
    previewed = [(each.on_date - today).days for each in coming_reminders(installment, now=database_now())]

    sent = []
    for day in range(4):
        sent += [day] * remind(shop)
        let_days_pass(1)

    assert sent == previewed == [0, 1]


def test_it_stops_with_a_payment(shop: SandboxedMerchant, installment: Installment) -> None:
    take(installment, "900")

    assert remind(shop) == 0

    assert reminders() == []
