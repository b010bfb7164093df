"""The customer has promised to pay by a day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from billing.models import Bill, Event
from billing.services import BillNotPending, PromiseHasPassed, cancel_bill, promise_bill
from tests.factories import make_bill, make_merchant

pytestmark = pytest.mark.django_db

# In Amman it is the eleventh already.
LATE = datetime(2026, 1, 10, 22, 0, tzinfo=UTC)


@pytest.fixture
def bill() -> Bill:
    return make_bill(make_merchant(), now=LATE)


def promise(bill: Bill, until: date | None) -> None:
    promise_bill(merchant_id=bill.merchant_id, bill_id=bill.pk, until=until, actor="user:7", now=LATE)


def test_a_promise_is_kept_with_its_last_day(bill: Bill) -> None:
    promise(bill, date(2026, 1, 11))

    assert Bill.objects.get().promised_until == date(2026, 1, 11)
    event = Event.objects.get(name="promised")
    assert (event.subject_id, event.actor, event.details) == (bill.pk, "user:7", {"until": "2026-01-11"})


def test_a_promise_is_taken_back(bill: Bill) -> None:
    promise(bill, date(2026, 1, 20))

    promise(bill, None)

    assert Bill.objects.get().promised_until is None
    assert Event.objects.filter(name="promise_dropped").count() == 1


def test_a_day_that_is_over_where_the_merchant_is_is_refused(bill: Bill) -> None:
    with pytest.raises(PromiseHasPassed):
        promise(bill, date(2026, 1, 10))

    assert Bill.objects.get().promised_until is None
    assert not Event.objects.filter(name="promised").exists()


def test_nothing_is_promised_for_a_cancelled_bill(bill: Bill) -> None:
    cancel_bill(merchant_id=bill.merchant_id, bill_id=bill.pk, reason="", actor="user:7", now=LATE)

    with pytest.raises(BillNotPending):
        promise(bill, date(2026, 1, 20))

    assert Bill.objects.get().promised_until is None
