"""What staff see and do about reminders in the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.clock import database_now
from billing.models import Bill, Event, Merchant, Role
from invoices.models import Reminder, ReminderChannel, ReminderStep
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import take
from tests.invoices.reminders.calendar import invoiced_bill, let_days_pass, remind, reminders, write_plan
from tests.invoices.sandbox_account import SandboxedMerchant
from tests.staff import make_staff, signed_in, told

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/invoices/reminder/"
STEPS = "/admin/invoices/reminderstep/"


@pytest.fixture
def owing(shop: SandboxedMerchant, sandbox_settings: Any) -> SandboxedMerchant:
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    invoiced_bill(shop)
    return shop


def staff(merchant: Merchant, role: Role = Role.OWNER) -> Client:
    client = signed_in(make_staff(merchant, role))
    client.cookies["django_language"] = "en"
    return client


def bill_page() -> str:
    return reverse("admin:billing_bill_change", args=[Bill.objects.get().pk])


def act(row: Any, name: str) -> str:
    opts = row._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_do", args=[row.pk, name])


def test_a_bills_page_shows_the_exact_days_to_come_and_what_was_sent(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, 4)
    remind(owing)

    page = staff(owing.merchant).get(bill_page()).content.decode()

    due = Bill.objects.get().due_date
    assert f'datetime="{due.isoformat()}"' in page
    assert f'datetime="{(due + timedelta(days=4)).isoformat()}"' in page
    assert page.count("Planned, unless it is paid") == 1
    assert "Reminder sent" in page


def test_remind_now_asks_for_a_channel_and_is_then_sent_by_a_worker(owing: SandboxedMerchant) -> None:
    clerk = staff(owing.merchant, Role.CLERK)
    address = act(Bill.objects.get(), "remind")
    messages = len(owing.messages())

    assert reminders() == [] and clerk.get(address).status_code == 200  # noqa: PT018
    response = clerk.post(address, {"channel": "GATEWAY"}, follow=True)

    assert told(response) == ["The reminder goes out within a minute."]
    assert (reminders(), len(owing.messages())) == ([(0, "GATEWAY", "TO_DO")], messages)
    remind(owing)
    assert len(owing.messages()) == messages + 1


def test_a_refused_remind_now_says_what_to_do(owing: SandboxedMerchant) -> None:
    Bill.objects.update(promised_until=owing.merchant.local_date(database_now()))

    response = staff(owing.merchant).post(act(Bill.objects.get(), "remind"), {"channel": "GATEWAY"}, follow=True)

    (message,) = told(response)
    assert message.startswith("The customer has promised to pay")
    assert reminders() == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR, Role.CASHIER])
def test_who_may_not_send_may_not_remind(owing: SandboxedMerchant, role: Role) -> None:
    write_plan(owing.merchant, 0, channel=ReminderChannel.WHATSAPP)
    remind(owing)
    person = staff(owing.merchant, role)

    assert person.post(act(Bill.objects.get(), "remind"), {"channel": "GATEWAY"}).status_code == 403
    assert person.post(act(Reminder.objects.get(), "sent")).status_code == 403

    assert reminders() == [(0, "WHATSAPP", "TO_DO")]


def test_the_list_opens_whatsapp_and_takes_the_confirmation(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, channel=ReminderChannel.WHATSAPP)
    remind(owing)
    clerk = staff(owing.merchant, Role.CLERK)

    way = act(Reminder.objects.get(), "whatsapp")
    page = clerk.get(LIST).content.decode()
    shown = clerk.get(way).content.decode()
    leaving = clerk.post(way).content.decode()
    response = clerk.post(act(Reminder.objects.get(), "sent"), follow=True)

    assert f'href="{way}"' in page
    assert "/razzbery/pay/" in shown
    assert 'content="0;url=https://wa.me/962777839071?text=' in leaving
    assert Event.objects.filter(name="message_opened").count() == 1
    assert told(response) == ["Recorded: sent through WhatsApp."]
    assert reminders() == [(0, "WHATSAPP", "SENT")]
    assert f'href="{way}"' not in clerk.get(LIST).content.decode()


def test_there_is_no_link_for_what_was_paid_nor_on_a_day_with_another_reminder(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, channel=ReminderChannel.WHATSAPP)
    remind(owing)
    let_days_pass(1)
    other = invoiced_bill(owing, due_in=5)
    client = staff(owing.merchant)
    way = act(Reminder.objects.get(channel="WHATSAPP"), "whatsapp")

    assert way in client.get(LIST).content.decode()
    client.post(act(other, "remind"), {"channel": "GATEWAY"})
    page = client.get(LIST).content.decode()
    assert way not in page
    assert "Not today" in page

    Reminder.objects.filter(channel="GATEWAY").delete()
    assert way in client.get(LIST).content.decode()
    take(Bill.objects.order_by("pk")[0], "150.500")
    assert way not in client.get(LIST).content.decode()


def test_the_home_page_counts_what_is_to_be_sent(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, channel=ReminderChannel.WHATSAPP)
    remind(owing)

    page = staff(owing.merchant).get("/admin/").content.decode()

    assert "Reminders to send by WhatsApp" in page


def test_a_manager_begins_with_the_usual_plan_and_changes_it() -> None:
    merchant = make_merchant()
    manager = staff(merchant, Role.MANAGER)

    response = manager.post(act(merchant, "usual-reminders"), follow=True)

    assert told(response) == ["The plan begins now."]
    assert "14 days after the due date" in response.content.decode()
    step = ReminderStep.objects.get(days=14)
    manager.post(f"{STEPS}{step.pk}/change/", {"days": "20", "channel": "EMAIL"})
    manager.post(f"{STEPS}add/", {"merchant": merchant.pk, "days": "30", "channel": "WHATSAPP"})
    manager.post(f"{STEPS}{ReminderStep.objects.get(days=-3).pk}/do/remove/")
    assert list(merchant.reminder_steps.values_list("days", "channel")) == [
        (0, "GATEWAY"),
        (3, "GATEWAY"),
        (7, "GATEWAY"),
        (20, "EMAIL"),
        (30, "WHATSAPP"),
    ]
    assert Event.objects.filter(merchant=merchant, name="reminder_plan_changed").count() == 3


@pytest.mark.parametrize("days", ["-61", "366", "3", "x", ""])
def test_a_step_that_cannot_be_is_refused_with_a_reason(days: str) -> None:
    merchant = make_merchant()
    write_plan(merchant, 3)

    response = staff(merchant).post(f"{STEPS}add/", {"merchant": merchant.pk, "days": days, "channel": "EMAIL"})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert merchant.reminder_steps.count() == 1


def test_a_clerk_may_not_touch_the_plan() -> None:
    merchant = make_merchant()
    write_plan(merchant, 3)
    clerk = staff(merchant, Role.CLERK)

    assert clerk.get(STEPS).status_code == 403
    assert clerk.post(act(merchant, "usual-reminders")).status_code == 403
    assert clerk.post(f"{STEPS}{ReminderStep.objects.get().pk}/do/remove/").status_code in (403, 404)

    assert merchant.reminder_steps.count() == 1


def test_another_merchants_staff_see_and_do_nothing(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, channel=ReminderChannel.WHATSAPP)
    remind(owing)
    stranger = make_merchant("stranger")
    make_bill(stranger)
    person = staff(stranger)

    for address in (LIST, STEPS):
        page = person.get(address).content.decode()
        assert "razzbery" not in page.lower().replace("razzbery solutions", "")
        assert "wa.me" not in page
    assert person.post(act(Reminder.objects.get(), "sent")).status_code == 404
    assert person.post(act(owing.merchant, "usual-reminders")).status_code == 404
    taken = person.post(f"{STEPS}add/", {"merchant": owing.merchant.pk, "days": "9", "channel": "EMAIL"})

    assert taken.status_code == 200
    assert reminders() == [(0, "WHATSAPP", "TO_DO")]
    assert owing.merchant.reminder_steps.count() == 1
