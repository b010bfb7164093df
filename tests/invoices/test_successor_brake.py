"""No plan and no bill gets more than three automatic invoices a day; a successor beyond that waits for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from billing.models import Bill, Channel, Event
from billing.services import change_bill
from invoices.gateway.errors import Rejected
from invoices.models import Invoice
from invoices.services import sweeps
from invoices.services.cancelling import request_cancel
from invoices.services.fallback import fall_back, wish_for
from invoices.services.issuing import issue_due, renew_invoice
from invoices.services.renewals import renew_cancelled
from invoices.services.switching import switch_channel
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
TODAY = NOON.date()
Reason, Status = Invoice.CancelReason, Invoice.Status


def change(bill: Bill, amount: int, *, now: datetime = NOON) -> None:
    """And whatever follows from it."""
    change_bill(
        merchant_id=bill.merchant_id,
        bill_id=bill.pk,
        amount=Decimal(amount),
        due_date=bill.due_date,
        actor="user:1",
        now=now,
    )
    for _ in range(3):
        sweeps.tidy(now=now)


def invoiced_bill(username: str = "razzbery") -> Bill:
    bill = make_bill(make_merchant(username, issue_days_ahead=0), amount=Decimal(100), now=NOON)
    issue_due(merchant=bill.merchant, now=NOON)
    return bill


def bill_held_back(username: str = "razzbery") -> Bill:
    bill = invoiced_bill(username)
    for amount in (101, 102, 103):
        change(bill, amount)
    return bill


def plan_of(*due: date) -> Subscription:
    days = tuple((day, Decimal("5.000"), "") for day in due)
    return make_subscription(
        make_merchant(issue_days_ahead=0),
        Subscription.Type.CUSTOM_SCHEDULE,
        total_amount=Decimal(5 * len(due)),
        custom_installments=days,
        now=NOON,
    )


def replace(invoice: Invoice, *, now: datetime = NOON) -> None:
    """As when it asks for something else than is owed; nothing of it was sent."""
    invoice.refresh_from_db()
    request_cancel(invoice, reason=Reason.AMOUNT_CHANGED, renew=True, actor="system", now=now)
    renew_cancelled(now=now)


def live() -> list[Invoice]:
    return list(Invoice.objects.live().order_by("pk"))


def events_of_holding() -> list[int]:
    return list(Event.objects.filter(name="successor_held_back").values_list("subject_id", flat=True))


def test_the_fourth_invoice_of_a_bill_in_a_day_is_not_made_and_the_loop_has_an_end() -> None:
    bill = invoiced_bill()

    for amount in range(101, 111):
        change(bill, amount)

    last = Invoice.objects.latest("pk")
    assert Invoice.objects.count() == 3
    assert (last.status, last.cancel_reason, last.held_back_at) == (Status.CANCELLED, Reason.AMOUNT_CHANGED, NOON)
    assert list(Invoice.objects.held_back()) == [last]
    assert events_of_holding() == [last.pk]
    assert sweeps.tidy(now=NOON + timedelta(days=1))["renewed"] == 0


def test_on_the_next_day_three_more_may_follow() -> None:
    bill = invoiced_bill()
    for amount in (101, 102):
        change(bill, amount)

    tomorrow = NOON + timedelta(days=1)
    for amount in (103, 104, 105, 106):
        change(bill, amount, now=tomorrow)

    assert Invoice.objects.filter(renewed_on=TODAY).count() == 2
    assert Invoice.objects.filter(renewed_on=tomorrow.date()).count() == 3
    assert Invoice.objects.held_back().count() == 1


def test_all_installments_of_a_plan_are_counted_together() -> None:
    plan = plan_of(TODAY, TODAY)
    issue_due(merchant=plan.merchant, now=NOON)
    first, second = live()
    other = plan_of_another_merchant()

    replace(first)
    replace(second)
    replace(other)

    assert {invoice.installment_id for invoice in live()} == {first.installment_id, other.installment_id}
    assert [invoice.pk for invoice in Invoice.objects.held_back()] == [second.pk]


def plan_of_another_merchant() -> Invoice:
    merchant = make_merchant("other", issue_days_ahead=0)
    make_subscription(
        merchant,
        Subscription.Type.CUSTOM_SCHEDULE,
        total_amount=Decimal(5),
        custom_installments=((TODAY, Decimal(5), ""),),
        now=NOON,
    )
    issue_due(merchant=merchant, now=NOON)
    return Invoice.objects.get(merchant=merchant)


def test_an_installment_that_falls_due_after_three_waits_too() -> None:
    plan = plan_of(TODAY, TODAY + timedelta(days=1))
    issue_due(merchant=plan.merchant, now=NOON)
    for _ in range(2):
        replace(*live())

    issue_due(merchant=plan.merchant, now=NOON, as_of=TODAY + timedelta(days=1))

    assert Installment.objects.get(sequence=2).hold == Installment.Hold.BRAKE
    assert Invoice.objects.count() == 3


def test_on_another_day_it_is_invoiced_whatever_followed_before() -> None:
    plan = plan_of(TODAY, TODAY + timedelta(days=1))
    issue_due(merchant=plan.merchant, now=NOON)
    for _ in range(2):
        replace(*live())

    issue_due(merchant=plan.merchant, now=NOON + timedelta(days=1))

    assert Installment.objects.get(sequence=2).status == Installment.Status.INVOICED


def test_staff_send_a_new_link_all_the_same_and_nothing_is_held_back_then() -> None:
    bill = bill_held_back()

    renewed = renew_invoice(payable=bill, actor="user:1", now=NOON)

    assert (renewed.issue_no, renewed.renewed_on) == (4, None)
    assert not Invoice.objects.held_back().exists()


def test_what_is_paid_meanwhile_is_held_back_no_more() -> None:
    bill = bill_held_back()

    Bill.objects.filter(pk=bill.pk).update(status=Bill.Status.CANCELLED)

    assert not Invoice.objects.held_back().exists()


def test_staff_may_choose_another_channel_as_often_as_they_like() -> None:
    invoiced_bill()

    for channel in (Channel.WHATSAPP, Channel.EMAIL, Channel.LINK, Channel.SMS):
        (invoice,) = live()
        switch_channel(
            merchant_id=invoice.merchant_id, invoice_id=invoice.pk, channel=channel, actor="user:1", now=NOON
        )
        renew_cancelled(now=NOON)

    assert [invoice.channel for invoice in live()] == [Channel.SMS]
    assert Invoice.objects.count() == 5


def test_other_channels_stand_in_for_a_refused_one_and_are_tried_to_the_last() -> None:
    bill = invoiced_bill()
    change(bill, 101)
    change(bill, 102)

    for _ in range(3):
        (invoice,) = live()
        Invoice.objects.filter(pk=invoice.pk).update(
            delivery=Invoice.Delivery.REJECTED,
            **wish_for(Rejected("no such number", field_errors={"mobileNumber": ["is invalid"]})),
        )
        fall_back(invoice_id=invoice.pk, now=NOON)

    assert [invoice.channel for invoice in live()] == [Channel.LINK]
    assert not Invoice.objects.held_back().exists()


def page(merchant: Any) -> str:
    return signed_in(make_staff(merchant)).get(reverse("admin:index")).content.decode()


def test_staff_are_shown_what_is_held_back_and_why() -> None:
    bill = bill_held_back()
    dead = Invoice.objects.latest("pk")
    client = signed_in(make_staff(bill.merchant, username="clerk"))

    home = page(bill.merchant)
    rows = client.get(reverse("admin:invoices_invoice_changelist"), {"held_back": "any"}).content.decode()
    story = client.get(reverse("admin:invoices_invoice_change", args=[dead.pk])).content.decode()

    assert "New links held back" in home
    assert "held_back=any" in home
    assert dead.number in rows
    assert not [each for each in Invoice.objects.exclude(pk=dead.pk) if each.number in rows]
    assert "Three invoices were made by themselves in one day" in story


def test_another_merchants_staff_see_nothing_of_it() -> None:
    bill_held_back()
    stranger = make_merchant("stranger")
    client = signed_in(make_staff(stranger, username="theirs"))

    rows = client.get(reverse("admin:invoices_invoice_changelist"), {"held_back": "any"}).content.decode()

    assert "New links held back" not in page(stranger)
    assert not [each for each in Invoice.objects.all() if each.number in rows]
