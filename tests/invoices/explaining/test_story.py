"""A document's own rows tell its whole life, in order and in words."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.admin.screens.timeline import read_timeline
from billing.clock import database_now
from billing.models import Bill, Customer, Event, User
from invoices.explaining.story import Story, explain_document
from invoices.models import GatewayCallback, Invoice, Payment, Reminder
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services.issuing import issue_due
from invoices.services.takings import take_payment
from subscriptions.models import Installment, Subscription, Term
from subscriptions.services import pause_subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import look, poll, take
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


def told(story: Story) -> list[str]:
    return [f"{line.subject}: {line.what}" for line in story.lines]


def test_a_bill_from_its_posting_to_its_money(shop: SandboxedMerchant) -> None:
    bill = make_bill(shop.merchant, amount=Decimal(40))
    shop.issue()
    shop.fault(FaultKind.DROPPED, count=1)
    shop.push()
    look(shop)
    shop.customer_pays(Invoice.objects.get())
    poll(shop)

    story = explain_document(bill)

    invoice = Invoice.objects.get()
    assert told(story) == [
        f"Bill {bill.billing_no}: Created",
        f"Invoice {invoice.number}: Issued",
        f"Invoice {invoice.number}: The gateway was asked to make and send it by SMS: Outcome unknown",
        f"Invoice {invoice.number}: The gateway was asked about it and answered: Not paid",
        f"Invoice {invoice.number}: Found at the gateway",
        f"Invoice {invoice.number}: The gateway was asked about it and answered: Paid",
        f"Invoice {invoice.number}: JOD\xa040.000 received (Payment link); JOD\xa040.000 of it settled what was owed",
        f"Bill {bill.billing_no}: Paid in full",
        f"Invoice {invoice.number}: Paid",
    ]
    assert story.origin == ["A bill for \u2068Water Bill\u2069 over JOD\xa040.000, due on 31 Dec 2025."]
    whens = [line.when for line in story.lines]
    assert whens == sorted(whens)


def test_what_caused_another_is_told_before_it_whatever_the_instants_say(shop: SandboxedMerchant) -> None:
    bill = make_bill(shop.merchant, amount=Decimal(40))
    issue_due(merchant=shop.merchant, now=database_now() - timedelta(seconds=50))  # when the sweep began
    shop.push()
    number, invoice_id = Invoice.objects.values_list("number", "pk").get()
    cashier = User.objects.create(username="cashier", is_staff=True)
    take_payment(
        payable=bill,
        method=Payment.Method.CASH,
        amount=Decimal(40),
        recorded_by=cashier,
        note="",
        policy=GatewayPolicy.from_settings(),
        now=database_now() - timedelta(seconds=40),  # when the form was sent
    )

    story = explain_document(bill)
    timeline = read_timeline(
        merchant_id=bill.merchant_id,
        subjects=[(Event.Subject.BILL, [bill.pk]), (Event.Subject.INVOICE, [invoice_id])],
        currency="JOD",
    )

    of_events = ["Created", "Issued", "Sent by the gateway", "Cancelling asked for", "Cancelled", "Paid in full"]
    assert [line.what for line in reversed(timeline)] == of_events
    assert told(story) == [
        f"Bill {bill.billing_no}: Created",
        f"Invoice {number}: Issued",
        f"Invoice {number}: The gateway was asked to make and send it by SMS: Done",
        f"Invoice {number}: Cancelling asked for",
        f"Invoice {number}: The gateway was asked about it and answered: Cancelled",
        f"Invoice {number}: Cancelled",
        "Payment: JOD\xa040.000 received (Cash); JOD\xa040.000 of it settled what was owed",
        f"Bill {bill.billing_no}: Paid in full",
    ]


def test_money_at_the_counter_callbacks_and_reminders_are_told_too(sent: Invoice, shop: SandboxedMerchant) -> None:
    bill = Bill.objects.get()
    now = timezone.now()
    GatewayCallback.objects.create(
        merchant=bill.merchant,
        watch_id="w",
        kind="WEBHOOK",
        payload=b"secret",
        payload_digest="d",
        invoice=sent,
        state="RESOLVED",
        times_received=3,
    )
    Reminder.objects.create(
        merchant=bill.merchant,
        customer=bill.customer,
        bill=bill,
        invoice=sent,
        days=3,
        channel="GATEWAY",
        on_date=date(2026, 1, 3),
        status="SENT",
        claimed_at=now,
    )
    take(bill, "25.000")

    story = explain_document(bill)

    lines = {line.what: line for line in story.lines}
    assert lines["A callback came in (Webhook): Invoice found and asked about"].detail == "× 3"
    assert "The customer was to be reminded (The gateway's own message again): Sent" in lines
    cash = lines["JOD\xa025.000 received (Cash); JOD\xa025.000 of it settled what was owed"]
    assert (cash.who, cash.detail) == ("cashier", "at the counter")
    assert lines["Cancelled"].detail == "it was paid another way"


def test_no_secret_phone_or_payload_is_told(sent: Invoice, shop: SandboxedMerchant) -> None:
    shop.customer_pays(sent)

    text = " ".join([*told(explain_document(Bill.objects.get())), *explain_document(sent).origin])

    customer = Customer.objects.get()
    assert sent.reference not in text
    for secret in (customer.phone, customer.name, shop.account.secret_key, shop.access_code):
        assert secret not in text


@pytest.mark.parametrize("kind", Subscription.Type)
def test_an_installment_names_the_rule_that_made_it(kind: Subscription.Type) -> None:
    plan = make_subscription(make_merchant(), kind)

    origin = explain_document(plan.installments.get(sequence=1)).origin

    expected = {
        Subscription.Type.FIXED_MONTHLY: "Rule from payment 1 on: JOD\xa0100.000, Monthly, on day 5 of the month.",
        Subscription.Type.OPEN_ENDED: "Rule from payment 1 on: JOD\xa025.000, Monthly, on day 1 of the month.",
        Subscription.Type.CUSTOM_SCHEDULE: "It was given with the plan's own schedule.",
    }
    assert origin[0].startswith(f"Payment \u2068{plan.subscription_no} · 1\u2069 over ")
    assert origin[1] == expected[kind]


def test_a_later_rule_is_named_from_its_installment_on() -> None:
    plan = make_subscription(make_merchant(), Subscription.Type.OPEN_ENDED)
    Term.objects.create(
        merchant=plan.merchant,
        subscription=plan,
        from_sequence=2,
        anchor_date=date(2027, 1, 7),
        interval="QUARTER",
        payment_day=7,
        amount=Decimal(75),
    )

    rules = [explain_document(each).origin[1] for each in plan.installments.order_by("sequence")[:2]]

    assert rules == [
        "Rule from payment 1 on: JOD\xa025.000, Monthly, on day 1 of the month.",
        "Rule from payment 2 on: JOD\xa075.000, Quarterly, on day 7 of the month.",
    ]
    assert explain_document(plan).origin[1:] == rules


def test_an_installments_story_tells_what_was_done_to_its_plan() -> None:
    plan = make_subscription(make_merchant())
    pause_subscription(merchant_id=plan.merchant_id, subscription_id=plan.pk, actor="system", now=timezone.now())

    lines = told(explain_document(plan.installments.get(sequence=4)))

    assert lines == [f"Subscription {plan.subscription_no}: Created", f"Subscription {plan.subscription_no}: Paused"]


def test_what_it_waits_for_is_said() -> None:
    plan = make_subscription(make_merchant())
    installment = plan.installments.get(sequence=1)
    invoiced_on = installment.due_date - timedelta(days=3)
    assert explain_document(installment).origin[2] == f"It is invoiced on {invoiced_on:%-d %b %Y}."

    Installment.objects.filter(sequence=1).update(hold="BRAKE", promised_until=date(2027, 2, 1))

    assert explain_document(plan.installments.get(sequence=1)).origin[2:] == [
        "It is not invoiced by itself and waits for a person: More than three invoices in one day.",
        "Payment is promised by 1 Feb 2027; until then nobody is reminded.",
    ]


def test_a_plans_story_names_each_installment_and_invoice(shop: SandboxedMerchant) -> None:
    plan = make_subscription(shop.merchant, Subscription.Type.CUSTOM_SCHEDULE)
    shop.issue()
    first = plan.installments.get(sequence=1)
    invoice = Invoice.objects.get(installment=first)
    shop.push()
    shop.customer_pays(invoice)
    poll(shop)

    lines = told(explain_document(plan))

    assert lines[0] == f"Subscription {plan.subscription_no}: Created"
    assert f"Installment {plan.subscription_no} · 1: Paid in full" in lines
    assert {f"Invoice {each.number}: Issued" for each in Invoice.objects.all()} <= set(lines)


def test_an_invoices_story_is_its_own_and_says_what_it_asks_for(shop: SandboxedMerchant) -> None:
    now = database_now()
    bill, other = make_bill(shop.merchant, now=now), make_bill(shop.merchant, now=now)
    shop.issue()
    invoice = Invoice.objects.get(bill=bill)

    story = explain_document(invoice)

    assert told(story) == [f"Invoice {invoice.number}: Issued"]
    assert story.origin[0].startswith(f"Invoice no. 1 for \u2068{bill.billing_no}\u2069, over JOD\xa0150.500")
    assert other.billing_no not in " ".join(story.origin)


def test_many_installments_take_no_more_queries(django_assert_num_queries: Any) -> None:
    merchant = make_merchant()
    short = make_subscription(merchant, total_amount=Decimal(200))
    long = make_subscription(merchant, total_amount=Decimal(9000))
    with django_assert_num_queries(7) as needed:
        explain_document(short)

    with django_assert_num_queries(len(needed)):
        explain_document(long)
