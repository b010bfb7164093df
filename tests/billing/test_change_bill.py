"""A bill asks for another amount, or by another day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Bill, Event
from billing.services import (
    BillAmountInvalid,
    BillNotPending,
    LessThanPaid,
    NothingToChange,
    cancel_bill,
    change_bill,
    settle_bill,
)
from billing.services.bill_changes import BillHasChanged
from billing.webhooks.announcements import announce
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import take
from tests.invoices.differences import find_differences

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
MARCH = date(2026, 3, 1)


@pytest.fixture
def bill() -> Bill:
    """100 dinars, 40 of them paid."""
    made = make_bill(make_merchant(), amount=Decimal("100.000"), now=NOON)
    settle_bill(merchant_id=made.merchant_id, bill_id=made.pk, amount=Decimal(40), actor="gateway", now=NOON)
    return Bill.objects.get()


def change(bill: Bill, amount: str, due_date: date = MARCH, seen: Bill | None = None) -> Bill:
    return change_bill(
        merchant_id=bill.merchant_id,
        bill_id=bill.pk,
        amount=Decimal(amount),
        due_date=due_date,
        actor="user:7",
        now=NOON,
        seen=seen,
    )


def test_the_bill_asks_for_the_new_amount_by_the_new_day(bill: Bill) -> None:
    change(bill, "150.5")

    changed = Bill.objects.get()
    assert (changed.amount, changed.amount_due, changed.due_date) == (Decimal("150.500"), Decimal("110.500"), MARCH)
    assert (changed.status, changed.changed_at) == (Bill.Status.PENDING, NOON)


def test_the_event_tells_old_and_new(bill: Bill) -> None:
    change(bill, "150.5")

    event = Event.objects.get(name="bill_changed")
    assert (event.subject, event.subject_id, event.actor) == (Event.Subject.BILL, bill.pk, "user:7")
    assert event.details == {
        "amount": "150.500",
        "old_amount": "100.000",
        "due_date": "2026-03-01",
        "old_due_date": "2025-12-31",
    }


def test_an_amount_that_was_paid_already_settles_it(bill: Bill) -> None:
    change(bill, "40")

    settled = Bill.objects.get()
    assert (settled.status, settled.amount_due, settled.paid_at) == (Bill.Status.PAID, Decimal(0), NOON)
    told = Event.objects.filter(subject="BILL", subject_id=bill.pk).order_by("pk")
    assert [event.name for event in told] == ["created", "partly_settled", "bill_changed", "settled"]
    announced = announce(told[3])
    assert announced is not None
    assert announced.type == "bill.paid"


def test_the_audit_finds_nothing_wrong_with_it() -> None:
    bill = make_bill(make_merchant(), amount=Decimal("100.000"), now=NOON)
    take(bill, "40")

    change(bill, "40")

    # Nobody invoiced it, which the audit rightly says.
    found = find_differences(now=database_now())
    assert [(each.subject, each.problem) for each in found if each.invariant not in {"I3", "I10"}] == []


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        ("39.999", LessThanPaid),
        ("0", BillAmountInvalid),
        ("-5", BillAmountInvalid),
        ("100.0005", BillAmountInvalid),
        ("1000000000", BillAmountInvalid),
        ("NaN", BillAmountInvalid),
    ],
)
def test_other_amounts_are_refused(bill: Bill, amount: str, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        change(bill, amount)

    assert_is_unchanged(bill)


def test_the_currencys_own_decimals_count(bill: Bill) -> None:
    Bill.objects.update(currency="SAR")

    with pytest.raises(BillAmountInvalid):
        change(bill, "100.125")

    assert_is_unchanged(bill)


def test_the_same_again_is_no_change(bill: Bill) -> None:
    with pytest.raises(NothingToChange):
        change(bill, "100.000", bill.due_date)

    assert_is_unchanged(bill)


def test_a_paid_or_cancelled_bill_stays_as_it_is(bill: Bill) -> None:
    cancel_bill(merchant_id=bill.merchant_id, bill_id=bill.pk, reason="", actor="user:7", now=NOON)

    with pytest.raises(BillNotPending):
        change(bill, "150")

    assert Bill.objects.get().amount == Decimal("100.000")
    assert not Event.objects.filter(name="bill_changed").exists()


def test_what_is_no_longer_as_it_was_seen_stays_as_it_is(bill: Bill) -> None:
    seen = Bill.objects.get()
    change(bill, "150")

    for columns in ({"amount": Decimal(150)}, {"due_date": MARCH}):
        partly = Bill.objects.get()
        for name in columns.keys() ^ {"amount", "due_date"}:
            setattr(partly, name, getattr(seen, name))
        with pytest.raises(BillHasChanged):
            change(bill, "60", seen=partly)

    assert Bill.objects.get().amount == Decimal(150)
    assert change(bill, "60", seen=Bill.objects.get()).amount == Decimal(60)


def test_another_merchants_bill_does_not_exist(bill: Bill) -> None:
    stranger = make_merchant("stranger")

    with pytest.raises(Bill.DoesNotExist):
        change_bill(
            merchant_id=stranger.pk, bill_id=bill.pk, amount=Decimal(1), due_date=MARCH, actor="user:9", now=NOON
        )

    assert_is_unchanged(bill)


def assert_is_unchanged(bill: Bill) -> None:
    found = Bill.objects.get()
    assert (found.amount, found.due_date, found.changed_at) == (bill.amount, bill.due_date, None)
    assert not Event.objects.filter(name="bill_changed").exists()
