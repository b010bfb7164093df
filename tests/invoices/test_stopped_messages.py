"""Once somebody has said "this is not me", nothing is sent to that phone, whichever way it would have gone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from billing.clock import database_now
from billing.models import Bill, Channel, Customer, Event, Merchant
from billing.services import cancel_bill
from billing.services.wrong_recipients import MessagesStopped, report_wrong_recipient
from invoices.gateway.errors import Rejected
from invoices.models import DeliveryAttempt, Invoice, Reminder, ReminderChannel
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services import sweeps
from invoices.services.decisions import send_again
from invoices.services.issuing import renew_invoice
from invoices.services.reminders.claims import claim_due_reminder
from invoices.services.reminders.plans import coming_reminders, plan_of
from invoices.services.reminders.requests import ask_for_reminder, claim_asked_reminder, confirm_sent_by_staff
from invoices.services.reminders.sending import send_reminder
from invoices.services.switching import switch_channel
from tests.contract.api_client import ApiClient, created
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import cancel_at_gateway, end, look_until_sure, resend
from tests.invoices.differences import find_differences
from tests.invoices.reminders.calendar import invoiced_bill, remind, write_plan
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGING = (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL)


@pytest.fixture(autouse=True)
def patient(sandbox_settings: Any) -> None:
    """However busy this machine is."""
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0


def messages(shop: SandboxedMerchant) -> list[str]:
    """What reached a phone or a mailbox: for a bare link the sandbox's inbox only shows what the merchant got."""
    return [message.channel for message in shop.messages() if message.channel != Channel.LINK]


def stop() -> None:
    report_wrong_recipient(customer=Customer.objects.get(), now=database_now())


def assert_went_as_a_bare_link(shop: SandboxedMerchant) -> Invoice:
    invoice = Invoice.objects.live().get()
    assert (invoice.delivery, invoice.channel) == ("SENT", "LINK")
    assert shop.at_gateway(invoice).channel == "LINK"
    assert invoice.gateway_url
    assert messages(shop) == []
    assert find_differences(now=database_now()) == []
    return invoice


@pytest.mark.parametrize(
    ("chosen_for", "channel"), [("merchant", Channel.SMS), ("customer", Channel.WHATSAPP), ("bill", Channel.EMAIL)]
)
def test_a_bill_posted_after_the_stop_becomes_a_bare_link(
    shop: SandboxedMerchant, chosen_for: str, channel: Channel
) -> None:
    first = make_bill(shop.merchant)
    stop()
    cancel_bill(merchant_id=shop.merchant.pk, bill_id=first.pk, reason="x", actor="user:1", now=database_now())
    make_bill(shop.merchant)
    owners: dict[str, Any] = {"merchant": Merchant, "customer": Customer, "bill": Bill}
    owners[chosen_for].objects.update(channel=channel)
    shop.merchant.refresh_from_db()

    shop.issue()
    shop.push()

    assert_went_as_a_bare_link(shop)


def test_one_posted_through_the_api_too(shop: SandboxedMerchant) -> None:
    api = ApiClient(shop.merchant)
    created(api.add_bill())
    stop()
    created(api.add_bill())

    shop.issue()
    shop.push()

    assert list(Invoice.objects.values_list("delivery", "channel")) == [("SENT", "LINK")] * 2
    assert messages(shop) == []


def test_installments_issued_after_the_stop_are_bare_links(shop: SandboxedMerchant) -> None:
    make_subscription(shop.merchant, "CUSTOM_SCHEDULE")
    stop()

    shop.issue()
    shop.push()

    assert set(Invoice.objects.values_list("delivery", "channel")) == {("SENT", "LINK")}
    assert messages(shop) == []


@pytest.mark.parametrize("channel", MESSAGING)
def test_an_invoice_that_waits_to_be_sent_goes_as_a_bare_link(shop: SandboxedMerchant, channel: Channel) -> None:
    Merchant.objects.update(channel=channel)
    shop.merchant.refresh_from_db()
    make_bill(shop.merchant)
    shop.issue()
    assert Invoice.objects.get().channel == channel

    stop()
    shop.push()

    invoice = assert_went_as_a_bare_link(shop)
    assert DeliveryAttempt.objects.get().channel == "LINK"
    assert Event.objects.filter(name="message_stopped", subject_id=invoice.pk).count() == 1


def test_others_invoices_beside_it_are_sent_as_ever(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    stop()
    make_bill(shop.merchant, customer_phone="0770000002")

    shop.issue()
    shop.push()

    channels = dict(Invoice.objects.values_list("customer__phone", "channel"))
    assert channels == {"+962777839071": "LINK", "+962770000002": "SMS"}
    assert len(messages(shop)) == 1


def test_one_that_would_be_a_message_too_many_is_not_held_back_as_a_link(shop: SandboxedMerchant) -> None:
    Merchant.objects.update(messages_per_day=1)
    shop.merchant.refresh_from_db()
    for _ in range(2):
        make_bill(shop.merchant)
    shop.issue()

    stop()
    shop.push()

    assert list(Invoice.objects.values_list("delivery", "channel")) == [("SENT", "LINK")] * 2
    assert messages(shop) == []


def test_one_that_the_gateway_never_received_is_sent_as_a_bare_link(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.REFUSED_500, count=1)
    shop.push()

    stop()
    look_until_sure(shop)
    Invoice.objects.update(next_attempt_at=database_now())
    shop.push()

    assert_went_as_a_bare_link(shop)


def test_staff_putting_it_back_sends_a_bare_link(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()
    Invoice.objects.update(delivery="PARKED")
    stop()

    send_again(merchant_id=shop.merchant.pk, invoice_id=Invoice.objects.get().pk, actor="user:1", now=database_now())
    shop.push()

    assert_went_as_a_bare_link(shop)


def test_the_next_channel_after_a_refusal_is_the_bare_link(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()
    (call,) = shop.claim()
    stop()
    end(call, Rejected("The number is not in use.", field_errors={"mobileNumber": ["not in use"]}))

    shop.push()

    assert list(Invoice.objects.order_by("issue_no").values_list("channel", flat=True)) == ["SMS", "LINK"]
    assert_went_as_a_bare_link(shop)


def test_a_new_link_from_staff_is_a_bare_one(shop: SandboxedMerchant, sent: Invoice) -> None:
    Invoice.objects.update(status="EXPIRED")
    before = len(messages(shop))
    stop()

    renew_invoice(payable=Bill.objects.get(), actor="user:1", now=database_now())
    shop.push()

    assert Invoice.objects.live().get().channel == "LINK"
    assert len(messages(shop)) == before


def test_a_replacement_wished_for_before_the_stop_is_a_bare_link(shop: SandboxedMerchant, sent: Invoice) -> None:
    switch(sent, Channel.WHATSAPP)
    before = len(messages(shop))

    stop()
    cancel_at_gateway(shop)
    sweeps.tidy(now=database_now())
    shop.push()

    assert Invoice.objects.live().get().channel == "LINK"
    assert len(messages(shop)) == before


def test_staff_cannot_switch_it_to_a_channel_that_sends_a_message(shop: SandboxedMerchant, sent: Invoice) -> None:
    stop()

    with pytest.raises(MessagesStopped):
        switch(sent, Channel.WHATSAPP)

    assert Invoice.objects.get().cancel_requested_at is None
    switch(sent, Channel.LINK)
    assert Invoice.objects.get().next_channel == "LINK"


def test_staff_cannot_have_it_sent_again(shop: SandboxedMerchant, sent: Invoice) -> None:
    stop()
    before = len(messages(shop))

    with pytest.raises(MessagesStopped):
        resend(sent)

    assert len(messages(shop)) == before
    assert not DeliveryAttempt.objects.filter(action="RESEND").exists()


@pytest.mark.parametrize("channel", ReminderChannel)
def test_the_plan_reminds_a_stopped_customer_of_nothing(shop: SandboxedMerchant, channel: ReminderChannel) -> None:
    write_plan(shop.merchant, 0, 3, channel=channel)
    bill = invoiced_bill(shop)
    before = len(messages(shop))

    stop()

    assert remind(shop) == 0
    assert (Reminder.objects.count(), len(messages(shop)), mail.outbox) == (0, before, [])
    bill.refresh_from_db()
    assert coming_reminders(bill, now=database_now()) == []


@pytest.mark.parametrize("channel", [ReminderChannel.GATEWAY, ReminderChannel.EMAIL])
def test_a_reminder_claimed_before_the_stop_is_not_sent(shop: SandboxedMerchant, channel: ReminderChannel) -> None:
    write_plan(shop.merchant, 0, channel=channel)
    invoiced_bill(shop)
    before = len(messages(shop))
    plan, invoice = plan_of(shop.merchant), Invoice.objects.get()
    claimed = claim_due_reminder(invoice_id=invoice.pk, plan=plan, now=database_now())
    assert claimed.status == Reminder.Status.CLAIMED

    stop()
    send_reminder(claimed, policy=GatewayPolicy.from_settings())

    reminder = Reminder.objects.get()
    assert (reminder.status, reminder.detail) == ("NOT_SENT", MessagesStopped.message)
    assert (len(messages(shop)), mail.outbox) == (before, [])


def test_one_found_before_the_stop_is_not_claimed_after_it(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    plan, invoice = plan_of(shop.merchant), Invoice.objects.get()

    stop()
    with pytest.raises(MessagesStopped):
        claim_due_reminder(invoice_id=invoice.pk, plan=plan, now=database_now())

    assert Reminder.objects.count() == 0


def test_an_expired_link_is_not_renewed_by_the_plan(shop: SandboxedMerchant) -> None:
    write_plan(shop.merchant, 0)
    invoiced_bill(shop)
    Invoice.objects.update(status="EXPIRED")
    before = len(messages(shop))

    stop()

    assert remind(shop) == 0
    assert (Invoice.objects.count(), len(messages(shop))) == (1, before)


def test_staff_cannot_remind_a_stopped_customer(shop: SandboxedMerchant) -> None:
    bill = invoiced_bill(shop)
    stop()

    for channel in ReminderChannel:
        with pytest.raises(MessagesStopped):
            ask(bill, channel)

    assert Reminder.objects.count() == 0


def test_what_staff_asked_for_before_the_stop_is_not_sent(shop: SandboxedMerchant) -> None:
    asked = ask(invoiced_bill(shop), ReminderChannel.EMAIL)

    stop()
    claim_asked_reminder(reminder_id=asked.pk, now=database_now())

    asked.refresh_from_db()
    assert (asked.status, asked.detail) == ("NOT_SENT", MessagesStopped.message)
    assert mail.outbox == []


def test_a_whatsapp_reminder_that_staff_are_to_send_is_taken_back(shop: SandboxedMerchant) -> None:
    asked = ask(invoiced_bill(shop), ReminderChannel.WHATSAPP)
    stop()
    with pytest.raises(MessagesStopped):
        confirm_sent_by_staff(merchant_id=shop.merchant.pk, reminder_id=asked.pk, actor="user:1", now=database_now())
    asked.refresh_from_db()
    assert asked.status == "TO_DO"

    remind(shop)

    asked.refresh_from_db()
    assert (asked.status, asked.detail) == ("NOT_SENT", MessagesStopped.message)


def ask(bill: Bill, channel: ReminderChannel) -> Reminder:
    bill.refresh_from_db()
    plan = plan_of(bill.merchant)
    return ask_for_reminder(payable=bill, channel=channel, plan=plan, actor="user:1", now=database_now())


def switch(invoice: Invoice, channel: Channel) -> None:
    switch_channel(
        merchant_id=invoice.merchant_id, invoice_id=invoice.pk, channel=channel, actor="user:1", now=database_now()
    )
