"""Reminders that people have a hand in: by WhatsApp, which staff send, and "remind now"."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail

from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Bill, Customer, Event, Merchant
from invoices.models import Invoice, Reminder, ReminderChannel
from invoices.services.messages_by_hand import open_reminder
from invoices.services.orders import page_url
from invoices.services.payables import Payable
from invoices.services.reminders.plans import plan_of
from invoices.services.reminders.requests import (
    NotToBeSent,
    RemindersUsedUp,
    ask_for_reminder,
    claim_asked_reminder,
    confirm_sent_by_staff,
)
from invoices.services.reminders.rules import (
    NoInvoiceOut,
    NothingToRemindOf,
    PaymentPromised,
    QuietNow,
    RemindedToday,
)
from tests.factories import make_bill
from tests.invoices.acts import poll, take
from tests.invoices.reminders.calendar import invoiced_bill, let_days_pass, remind, reminders, write_plan
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

WHATSAPP, EMAIL, GATEWAY = ReminderChannel.WHATSAPP, ReminderChannel.EMAIL, ReminderChannel.GATEWAY


@pytest.fixture
def owing(shop: SandboxedMerchant, sandbox_settings: Any) -> SandboxedMerchant:
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    invoiced_bill(shop)
    return shop


def confirm(reminder: Reminder) -> Reminder:
    return confirm_sent_by_staff(
        merchant_id=reminder.merchant_id, reminder_id=reminder.pk, actor="user:1", now=database_now()
    )


def ask(payable: Payable, channel: ReminderChannel = GATEWAY) -> Reminder:
    merchant = Merchant.objects.get(pk=payable.merchant_id)
    return ask_for_reminder(
        payable=payable, channel=channel, plan=plan_of(merchant), actor="user:1", now=database_now()
    )


def test_a_whatsapp_step_becomes_something_to_do_and_sends_nothing(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, channel=WHATSAPP)
    messages = len(owing.messages())

    assert remind(owing) == 1
    assert remind(owing) == 0

    assert reminders() == [(0, "WHATSAPP", "TO_DO")]
    assert len(owing.messages()) == messages
    assert mail.outbox == []


def test_the_link_opens_whatsapp_with_the_text_filled_in(owing: SandboxedMerchant) -> None:
    Customer.objects.update(language="en", phone="+962777839071")
    write_plan(owing.merchant, 0, channel=WHATSAPP)
    remind(owing)

    address = urlsplit(open_reminder(Reminder.objects.get(), actor="user:1", now=database_now()))

    (text,) = parse_qs(address.query)["text"]
    assert (address.scheme, address.netloc, address.path) == ("https", "wa.me", "/962777839071")
    assert "JOD\u00a0150.500" in text
    assert f"\n{page_url(Invoice.objects.get())}\n" in text
    assert Event.objects.get(name="message_opened").actor == "user:1"


def test_whatsapp_is_not_opened_for_what_was_paid_or_on_a_day_with_another(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, channel=WHATSAPP)
    remind(owing)
    let_days_pass(1)
    ask(invoiced_bill(owing, due_in=5))
    reminder = Reminder.objects.get(channel=WHATSAPP)

    with pytest.raises(RemindedToday):
        open_reminder(reminder, actor="user:1", now=database_now())
    take(reminder.invoice.payable, "150.500")
    reminder.refresh_from_db()
    with pytest.raises(NothingToRemindOf):
        open_reminder(Reminder.objects.get(channel=WHATSAPP), actor="user:1", now=database_now())

    assert not Event.objects.filter(name="message_opened").exists()


def test_staff_confirm_that_they_sent_it(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, channel=WHATSAPP)
    remind(owing)

    confirm(Reminder.objects.get())

    assert reminders() == [(0, "WHATSAPP", "SENT")]
    assert Event.objects.get(name="reminded").actor == "user:1"
    with pytest.raises(NotToBeSent):
        confirm(Reminder.objects.get())


def test_one_sent_days_later_counts_for_the_day_it_was_sent(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, 2, channel=WHATSAPP)
    remind(owing)
    let_days_pass(2)

    confirm(Reminder.objects.get())

    assert Reminder.objects.get().on_date == owing.merchant.local_date(database_now())
    assert remind(owing) == 0


def test_one_is_not_sent_on_a_day_with_another_reminder(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, channel=WHATSAPP)
    remind(owing)
    let_days_pass(1)
    other = invoiced_bill(owing, due_in=5)
    ask(other)

    with pytest.raises(RemindedToday):
        confirm(Reminder.objects.get(channel=WHATSAPP))

    assert Reminder.objects.get(channel=WHATSAPP).status == "TO_DO"


def test_what_is_to_be_done_is_void_once_it_is_paid(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, channel=WHATSAPP)
    remind(owing)
    owing.customer_pays(Invoice.objects.get())
    poll(owing)

    with pytest.raises(NothingToRemindOf):
        confirm(Reminder.objects.get())
    remind(owing)

    reminder = Reminder.objects.get()
    assert reminder.status == "NOT_SENT"
    assert "before anybody sent" in reminder.detail


def test_the_next_step_takes_the_place_of_one_that_nobody_sent(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, 1, channel=WHATSAPP)
    remind(owing)
    let_days_pass(1)

    assert remind(owing) == 1

    assert reminders() == [(0, "WHATSAPP", "NOT_SENT"), (1, "WHATSAPP", "TO_DO")]


@pytest.mark.parametrize("channel", [GATEWAY, EMAIL])
def test_remind_now_is_written_down_and_sent_by_a_worker(owing: SandboxedMerchant, channel: ReminderChannel) -> None:
    bill = Bill.objects.get()
    messages = len(owing.messages())

    ask(bill, channel)
    before = (reminders(), len(owing.messages()), len(mail.outbox))
    assert remind(owing) == 1
    assert remind(owing) == 0

    assert before == ([(0, channel, "TO_DO")], messages, 0)
    assert reminders() == [(0, channel, "SENT")]
    assert (len(owing.messages()) - messages, len(mail.outbox)) == ((1, 0) if channel == GATEWAY else (0, 1))
    assert Event.objects.get(name="reminder_asked").actor == "user:1"


def test_remind_now_stands_for_the_plans_steps_up_to_today(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, -2, 0, 1)
    ask(Bill.objects.get())

    assert remind(owing) == 1
    assert remind(owing) == 0
    let_days_pass(1)
    assert remind(owing) == 1

    assert reminders() == [(0, "GATEWAY", "SENT"), (1, "GATEWAY", "SENT")]


def test_what_was_asked_for_is_not_sent_once_it_is_paid(owing: SandboxedMerchant) -> None:
    reminder = ask(Bill.objects.get())
    take(Bill.objects.get(), "150.500")
    messages = len(owing.messages())

    claim_asked_reminder(reminder_id=reminder.pk, now=database_now())
    remind(owing)

    assert reminders() == [(0, "GATEWAY", "NOT_SENT")]
    assert len(owing.messages()) == messages


def test_what_was_asked_for_is_not_sent_on_another_day(owing: SandboxedMerchant) -> None:
    ask(Bill.objects.get())
    let_days_pass(1)

    remind(owing)

    reminder = Reminder.objects.get()
    assert (reminder.status, reminder.detail) == ("NOT_SENT", "Its day passed before it could be sent.")


def already_reminded(bill: Bill) -> None:
    ask(bill)


def promised(bill: Bill) -> None:
    Bill.objects.update(promised_until=bill.merchant.local_date(database_now()))


def in_quiet_time(bill: Bill) -> None:
    Merchant.objects.update(quiet_from="00:00", quiet_until="23:59:59.999999")


def paid(bill: Bill) -> None:
    take(bill, "150.500")


def expired(bill: Bill) -> None:
    Invoice.objects.update(status=Invoice.Status.EXPIRED)


def not_yet_sent(bill: Bill) -> None:
    Invoice.objects.update(delivery=Invoice.Delivery.NEW)


def used_up(bill: Bill) -> None:
    Merchant.objects.update(reminders_at_most=0)


@pytest.mark.parametrize(
    ("circumstance", "refusal"),
    [
        (already_reminded, RemindedToday),
        (promised, PaymentPromised),
        (in_quiet_time, QuietNow),
        (paid, NothingToRemindOf),
        (expired, NoInvoiceOut),
        (not_yet_sent, NoInvoiceOut),
        (used_up, RemindersUsedUp),
    ],
)
def test_remind_now_keeps_every_rule_but_the_plans_days(
    owing: SandboxedMerchant, circumstance: Any, refusal: type[DomainError]
) -> None:
    circumstance(Bill.objects.get())
    written, messages = reminders(), len(owing.messages())

    with pytest.raises(refusal):
        ask(Bill.objects.get())

    assert reminders() == written
    assert len(owing.messages()) == messages
    assert Event.objects.filter(name="reminder_asked").count() == len(written)


def test_another_merchants_reminder_cannot_be_confirmed(owing: SandboxedMerchant) -> None:
    write_plan(owing.merchant, 0, channel=WHATSAPP)
    remind(owing)
    stranger = Merchant.objects.create(username="stranger", name_en="Stranger")

    with pytest.raises(Reminder.DoesNotExist):
        confirm_sent_by_staff(
            merchant_id=stranger.pk, reminder_id=Reminder.objects.get().pk, actor="user:2", now=database_now()
        )

    assert reminders() == [(0, "WHATSAPP", "TO_DO")]


def test_an_invoice_not_yet_made_cannot_be_reminded_of(shop: SandboxedMerchant) -> None:
    bill = make_bill(shop.merchant, due_date=shop.merchant.local_date(database_now()) + timedelta(days=9))

    with pytest.raises(NoInvoiceOut):
        ask(bill)

    assert reminders() == []
