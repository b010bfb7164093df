"""From what is due to invoices, exactly once."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, connections
from django.utils import timezone

from billing.models import Bill, Event, NumberSequence
from invoices.models import Invoice
from invoices.services.issuing import (
    LiveInvoiceExists,
    NothingOwed,
    issue_due,
    issue_now,
    renew_invoice,
)
from invoices.services.issuing_for_all import issue_for_all, merchants_with_work
from subscriptions.models import Installment, Subscription
from subscriptions.services import cancel_subscription, pause_subscription, resume_subscription
from tests.factories import make_bill, make_merchant, make_subscription

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_a_bill_is_invoiced_once_with_its_own_dates() -> None:
    merchant = make_merchant()
    bill = make_bill(merchant, due_date=date(2025, 12, 31), amount=Decimal("150.5"), now=NOON)

    assert [issue_due(merchant=merchant, now=NOON) for _ in range(10)] == [1] + [0] * 9

    invoice = Invoice.objects.get()
    assert (invoice.bill, invoice.amount, invoice.due_date) == (bill, Decimal("150.500"), date(2025, 12, 31))
    assert invoice.expires_on == date(2026, 2, 9)  # overdue: thirty days from today
    assert invoice.number == "INV-20260110-0001"
    assert invoice.reference.startswith("INV-20260110-0001-")
    assert (invoice.customer_name, invoice.customer_phone) == ("Razzbery Solutions", "0777839071")
    assert Bill.objects.get().invoiced_at == NOON


@pytest.mark.django_db
def test_installments_are_invoiced_some_days_ahead_oldest_first() -> None:
    merchant = make_merchant(issue_days_ahead=3)
    plan = make_subscription(
        merchant,
        Subscription.Type.CUSTOM_SCHEDULE,
        total_amount=Decimal(4),
        custom_installments=(
            (date(2026, 1, 14), Decimal(1), "four days ahead"),
            (date(2026, 1, 13), Decimal(1), "three days ahead"),
            (date(2025, 11, 1), Decimal(1), "weeks ago"),
            (date(2026, 1, 1), Decimal(1), "days ago"),
        ),
        now=NOON,
    )

    issue_due(merchant=merchant, now=NOON)

    issued = Invoice.objects.order_by("number").values_list("due_date", "expires_on")
    assert list(issued) == [
        (date(2025, 11, 1), date(2026, 2, 9)),
        (date(2026, 1, 1), date(2026, 2, 9)),
        (date(2026, 1, 13), date(2026, 2, 12)),
    ]
    assert plan.installments.get(due_date=date(2026, 1, 14)).status == Installment.Status.SCHEDULED


@pytest.mark.django_db
def test_only_active_plans_that_invoice_by_themselves_are_issued() -> None:
    merchant = make_merchant()
    when = {"now": NOON, "payment_day": 10}
    make_subscription(merchant, Subscription.Type.OPEN_ENDED, auto_generate_invoices=False, **when)
    paused = make_subscription(merchant, Subscription.Type.OPEN_ENDED, **when)
    cancelled = make_subscription(merchant, Subscription.Type.OPEN_ENDED, **when)
    pause_subscription(merchant_id=merchant.pk, subscription_id=paused.pk, actor="test", now=NOON)
    cancel_subscription(merchant_id=merchant.pk, subscription_id=cancelled.pk, actor="test", now=NOON)

    assert issue_due(merchant=merchant, now=NOON) == 0

    resume_subscription(merchant_id=merchant.pk, subscription_id=paused.pk, actor="test", now=NOON)
    assert issue_due(merchant=merchant, now=NOON) == 1
    assert Invoice.objects.get().installment.subscription == paused


@pytest.mark.django_db
def test_staff_issue_an_installment_of_a_plan_that_does_not_invoice_by_itself() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, auto_generate_invoices=False, now=NOON)
    installment = plan.installments.get(sequence=1)

    invoice = issue_now(installment=installment, actor="user:1", now=NOON)

    assert invoice.description == "القسط 1 من 12 · iPhone 15 Pro Max"
    with pytest.raises(LiveInvoiceExists):
        issue_now(installment=installment, actor="user:1", now=NOON)
    assert Invoice.objects.count() == 1


@pytest.mark.django_db
def test_a_sweep_never_renews_what_expired_or_was_cancelled() -> None:
    merchant = make_merchant()
    bill = make_bill(merchant, now=NOON)
    issue_due(merchant=merchant, now=NOON)
    Invoice.objects.update(status=Invoice.Status.CANCELLED, cancelled_at=NOON)

    assert issue_due(merchant=merchant, now=NOON + timedelta(days=90)) == 0

    renewed = renew_invoice(payable=bill, actor="user:1", now=NOON)
    assert renewed.issue_no == 2
    assert renewed.reference != Invoice.objects.get(issue_no=1).reference
    with pytest.raises(LiveInvoiceExists):
        renew_invoice(payable=bill, actor="user:1", now=NOON)


@pytest.mark.django_db
def test_nothing_is_renewed_for_a_bill_nobody_owes() -> None:
    merchant = make_merchant()
    bill = make_bill(merchant, now=NOON)
    Bill.objects.update(status=Bill.Status.CANCELLED, cancelled_at=NOON)

    with pytest.raises(NothingOwed):
        renew_invoice(payable=bill, actor="user:1", now=NOON)

    assert not Invoice.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("issue_no", [1, 2])
def test_the_database_itself_refuses_a_second_live_invoice_and_a_second_first_issue(issue_no: int) -> None:
    merchant = make_merchant()
    make_bill(merchant, now=NOON)
    issue_due(merchant=merchant, now=NOON)
    twin = Invoice.objects.get()
    if issue_no == 1:
        Invoice.objects.update(status=Invoice.Status.CANCELLED, cancelled_at=NOON)
    twin.pk, twin.number, twin.reference, twin.issue_no = None, "INV-X", "X", issue_no

    with pytest.raises(IntegrityError):
        twin.save(force_insert=True)


@pytest.mark.django_db
def test_every_invoice_has_its_event_and_an_inactive_merchant_none() -> None:
    merchant = make_merchant()
    closed = make_merchant("closed", is_active=False)
    make_bill(merchant, now=NOON)
    make_bill(closed, now=NOON)

    assert issue_for_all(now=NOON) == 1
    assert issue_due(merchant=closed, now=NOON) == 0

    event = Event.objects.get(subject=Event.Subject.INVOICE)
    assert (event.name, event.subject_id, event.actor) == ("issued", Invoice.objects.get().pk, "system")


@pytest.mark.django_db
def test_the_sweep_visits_only_merchants_with_work() -> None:
    idle = make_merchant("idle")
    busy = make_merchant("busy")
    make_bill(busy, now=NOON)
    make_subscription(idle, payment_day=28, now=NOON)

    assert list(merchants_with_work(now=NOON)) == [busy]


@pytest.mark.django_db(transaction=True)
def test_ten_sweeps_at_once_make_no_second_invoice() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite runs writers one after another")
    merchant = make_merchant()
    for index in range(40):
        make_bill(merchant, customer_phone=f"07777{index:05d}")
    make_subscription(merchant, Subscription.Type.CUSTOM_SCHEDULE)
    issued: list[int] = []
    barrier = threading.Barrier(10)

    def sweep() -> None:
        barrier.wait()
        issued.append(issue_due(merchant=merchant, now=timezone.now(), chunk=3))
        connections.close_all()

    sweeps = [threading.Thread(target=sweep) for _ in range(10)]
    for each in sweeps:
        each.start()
    for each in sweeps:
        each.join()

    assert sum(issued) == 43
    assert Invoice.objects.count() == 43
    numbers = [int(number[-4:]) for number in Invoice.objects.values_list("number", flat=True)]
    given_out = NumberSequence.objects.get(kind=NumberSequence.Kind.INVOICE).last_value
    assert len(set(numbers)) == 43
    assert max(numbers) <= given_out
