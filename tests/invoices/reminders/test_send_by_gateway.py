"""The plan's reminders through the gateway's own resend, day by day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from billing.clock import database_now
from billing.models import Bill, Customer, Event, Merchant
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice, Reminder
from invoices.sandbox.models import AppliesTo, FaultKind
from invoices.services.cancelling import request_cancel
from invoices.services.successors import EnoughForToday, follow_by_itself
from tests.factories import make_bill
from tests.invoices.acts import cancel, poll, take
from tests.invoices.reminders.calendar import invoiced_bill, let_days_pass, remind, reminders, write_plan
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def patient(sandbox_settings: Any) -> None:
    """However busy this machine is."""
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0


def test_a_reminder_goes_out_on_its_day_and_once(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 3)
    invoiced_bill(shop, due_in=-2)

    assert remind(shop) == 0
    let_days_pass(1)
    assert remind(shop) == 1
    assert remind(shop) == 0
    let_days_pass(1)
    assert remind(shop) == 0

    assert len(shop.messages()) == 2  # the invoice's own, and this one
    assert reminders() == [(3, "GATEWAY", "SENT")]
    assert list(DeliveryAttempt.objects.values_list("action", "outcome").order_by("pk")) == [
        ("CREATE", "DONE"),
        ("RESEND", "DONE"),
    ]
    assert Event.objects.filter(name="reminded", subject="INVOICE").count() == 1


def test_a_reminder_may_go_out_before_the_due_date(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, -3)
    invoiced_bill(shop, due_in=3)

    assert remind(shop) == 1

    assert reminders() == [(-3, "GATEWAY", "SENT")]


def test_after_ten_days_of_standstill_one_message_goes_out_and_it_is_the_latest_step(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, -3, 0, 3, 7)
    invoiced_bill(shop, due_in=2)

    let_days_pass(10)
    first, second = remind(shop), remind(shop)
    let_days_pass(1)
    third = remind(shop)

    assert (first, second, third) == (1, 0, 0)
    assert reminders() == [(7, "GATEWAY", "SENT")]


def test_no_more_reminders_than_the_merchant_allows(shop: SandboxedMerchant) -> None:
    Merchant.objects.update(reminders_at_most=2)
    write_plan(shop.merchant, 0, 1, 2, 3)
    invoiced_bill(shop)

    sent = []
    for _day in range(4):
        sent.append(remind(shop))
        let_days_pass(1)

    assert sent == [1, 1, 0, 0]


def test_the_invoices_own_message_is_no_occasion_for_another_on_the_same_day(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, -3, 0, 7)
    today = shop.merchant.local_date(database_now())
    make_bill(shop.merchant, due_date=today - timedelta(days=1))
    shop.issue()
    shop.push()

    assert remind(shop) == 0

    assert len(shop.messages()) == 1


@pytest.mark.parametrize("way", ["cash", "gateway", "cancelled bill"])
def test_it_stops_when_nothing_is_owed(shop: SandboxedMerchant, way: str) -> None:
    write_plan(shop.merchant, 1)
    bill = invoiced_bill(shop)
    let_days_pass(1)
    messages = len(shop.messages())

    if way == "cash":
        take(bill, "150.500")
    elif way == "gateway":
        shop.customer_pays(Invoice.objects.get())
        poll(shop)
    else:
        Bill.objects.update(status=Bill.Status.CANCELLED)
    assert remind(shop) == 0

    assert reminders() == []
    assert len(shop.messages()) == messages


def test_an_invoice_being_cancelled_is_not_reminded_of(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    cancel(Invoice.objects.get())

    assert remind(shop) == 0

    assert reminders() == []


def test_an_invoice_over_another_amount_waits_for_its_successor(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    Bill.objects.update(amount=Bill.objects.get().amount - 1)

    assert remind(shop) == 0

    assert reminders() == []


def test_a_promise_puts_it_off_until_the_day_has_passed(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0, 1)
    invoiced_bill(shop)
    Bill.objects.update(promised_until=shop.merchant.local_date(database_now()) + timedelta(days=2))

    sent = []
    for _day in range(5):
        sent.append(remind(shop))
        let_days_pass(1)

    assert sent == [0, 0, 0, 1, 0]
    assert reminders() == [(1, "GATEWAY", "SENT")]


def test_a_customer_gets_one_a_day_and_of_two_documents_the_older_first(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 1, 3)
    older = invoiced_bill(shop, due_in=-3)
    younger = invoiced_bill(shop, due_in=-1)

    assert remind(shop) == 1
    let_days_pass(1)
    assert remind(shop) == 1
    assert remind(shop) == 0

    assert list(Reminder.objects.order_by("pk").values_list("bill", "days")) == [(older.pk, 3), (younger.pk, 1)]


def test_two_customers_are_reminded_on_the_same_day(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    invoiced_bill(shop, customer_phone="0777000002")

    assert remind(shop) == 2

    assert Customer.objects.count() == Reminder.objects.values("customer").distinct().count() == 2


def test_an_inactive_merchant_reminds_nobody(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    Merchant.objects.update(is_active=False)

    assert remind(shop) == 0

    assert reminders() == []


def test_nothing_goes_out_in_the_merchants_quiet_time(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    Merchant.objects.update(quiet_from="00:00", quiet_until="23:59:59.999999")

    assert remind(shop) == 0

    assert reminders() == []


def test_the_messages_of_a_day_are_counted_with_reminders(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    DeliveryAttempt.objects.update(started_at=database_now())
    Merchant.objects.update(messages_per_day=1)

    assert remind(shop) == 0
    Merchant.objects.update(messages_per_day=2)
    assert remind(shop) == 1

    assert reminders() == [(0, "GATEWAY", "SENT")]


def test_a_gateway_that_is_left_alone_costs_no_step(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    GatewayAccount.objects.update(breaker_open_until=database_now() + timedelta(minutes=5))

    assert remind(shop) == 0
    assert reminders() == []
    GatewayAccount.objects.update(breaker_open_until=None)
    assert remind(shop) == 1


def test_a_lost_answer_leaves_it_unknown_and_it_is_not_sent_again(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0, 1)
    invoiced_bill(shop)
    shop.fault(FaultKind.DROPPED, count=1, applies_to=AppliesTo.ALL)

    assert remind(shop) == 1
    assert remind(shop) == 0

    assert reminders() == [(0, "GATEWAY", "UNKNOWN")]
    assert len(shop.messages()) == 2
    let_days_pass(1)
    assert remind(shop) == 1


def test_a_link_channel_has_no_message_to_send_again(shop: SandboxedMerchant) -> None:
    Merchant.objects.update(channel="LINK")
    shop.merchant.refresh_from_db()
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    messages = len(shop.messages())

    assert remind(shop) == 1

    reminder = Reminder.objects.get()
    assert reminder.status == Reminder.Status.NOT_SENT
    assert "Remind by another channel" in reminder.detail
    assert len(shop.messages()) == messages


def test_an_expired_link_is_renewed_and_the_new_message_is_the_reminder(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 45, 50)
    invoiced_bill(shop)
    let_days_pass(45)
    expired = Invoice.objects.get()
    Invoice.objects.update(status=Invoice.Status.EXPIRED)

    assert remind(shop) == 1
    assert remind(shop) == 0
    shop.push()

    renewed = Invoice.objects.get(status="OPEN")
    assert (renewed.issue_no, renewed.amount) == (2, expired.amount)
    assert list(Reminder.objects.values_list("invoice", "days", "status")) == [(renewed.pk, 45, "SENT")]
    assert not DeliveryAttempt.objects.filter(action="RESEND").exists()
    assert len(shop.messages()) == 2


def test_an_expired_link_is_not_renewed_where_three_invoices_were_made_today(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    bill = invoiced_bill(shop)
    for _ in range(2):
        Invoice.objects.update(status=Invoice.Status.EXPIRED)
        follow_by_itself(payable=bill, now=database_now())
    Invoice.objects.update(status=Invoice.Status.EXPIRED)
    Invoice.objects.exclude(delivery="SENT").update(delivery="SENT", sent_at=F("created_at") - timedelta(days=1))

    assert remind(shop) == 1

    reminder = Reminder.objects.get()
    assert (reminder.status, reminder.detail) == (Reminder.Status.NOT_SENT, EnoughForToday.message)
    assert Invoice.objects.count() == 3
    assert Invoice.objects.held_back().get() == Invoice.objects.latest("pk")


def test_a_cancelled_invoice_is_not_renewed_by_the_plan(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    request_cancel(Invoice.objects.get(), reason=Invoice.CancelReason.BY_STAFF, actor="user:1", now=database_now())
    Invoice.objects.update(status=Invoice.Status.CANCELLED)

    assert remind(shop) == 0

    assert Invoice.objects.count() == 1


def test_a_link_in_its_last_hours_is_left_until_the_gateway_has_confirmed_its_end(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 31)
    invoiced_bill(shop)
    let_days_pass(31)

    assert remind(shop) == 0

    assert reminders() == []
    assert Invoice.objects.count() == 1


def test_an_account_whose_keys_cannot_be_read_uses_up_one_step_only(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    invoiced_bill(shop, customer_phone="0777000002")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE invoices_gatewayaccount SET secret_key = 'of another key'")

    assert remind(shop) == 1

    assert reminders() == [(0, "GATEWAY", "NOT_SENT")]
    assert not DeliveryAttempt.objects.filter(action="RESEND").exists()


def test_refused_credentials_park_the_account_and_the_others_wait(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    invoiced_bill(shop, customer_phone="0777000002")
    GatewayAccount.objects.update(access_code="refused")

    assert [remind(shop), remind(shop)] == [1, 0]

    assert GatewayAccount.objects.get().parked_at is not None
    assert reminders() == [(0, "GATEWAY", "NOT_SENT")]
