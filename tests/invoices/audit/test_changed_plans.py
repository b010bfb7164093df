"""Whatever staff may do to a plan, its installments can be derived again from its rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from invoices.services.issuing import issue_due
from subscriptions.changes import (
    CancelAtEnd,
    CancelNow,
    MoveInstallment,
    NewEnd,
    NewTerms,
    Pause,
    Resume,
    SettleEarly,
    SkipInstallment,
    SpreadOver,
)
from subscriptions.models import Subscription
from subscriptions.schedules import Interval
from subscriptions.services import change_plan, extend_open_ended
from tests.factories import make_merchant, make_subscription
from tests.invoices.differences import find_differences

pytestmark = pytest.mark.django_db

BEGUN = timedelta(days=45)
EDITS: dict[str, tuple[str, list[Any]]] = {
    "a fixed plan's amount raised": ("FIXED_MONTHLY", [NewTerms(from_sequence=5, amount=Decimal(130))]),
    "a fixed plan on another day": ("FIXED_MONTHLY", [NewTerms(from_sequence=5, payment_day=31)]),
    "a fixed plan spread out": ("FIXED_MONTHLY", [SpreadOver(more=3)]),
    "a fixed plan with one skipped": ("FIXED_MONTHLY", [SkipInstallment(sequence=6)]),
    "a fixed plan settled early": ("FIXED_MONTHLY", [SettleEarly(discount=Decimal(50))]),
    "a fixed plan settled early, then cancelled": ("FIXED_MONTHLY", [SettleEarly(), CancelNow()]),
    "a fixed plan paused and resumed later": ("FIXED_MONTHLY", [Pause(), Resume(shifts_dates=True)]),
    "a custom schedule moved": ("CUSTOM_SCHEDULE", [MoveInstallment(sequence=3, due_date=date(2027, 1, 1))]),
    "a custom schedule with one skipped and settled early": (
        "CUSTOM_SCHEDULE",
        [SkipInstallment(sequence=3), SettleEarly(discount=Decimal(1))],
    ),
    "an open-ended plan by the quarter": (
        "OPEN_ENDED",
        [NewTerms(from_sequence=4, interval=Interval.QUARTERLY, amount=Decimal(70))],
    ),
    "an open-ended plan by the week": ("OPEN_ENDED", [NewTerms(from_sequence=4, interval=Interval.WEEKLY)]),
    "an open-ended plan with one skipped": ("OPEN_ENDED", [SkipInstallment(sequence=4)]),
    "an open-ended plan with an end": ("OPEN_ENDED", [NewEnd(ends_after=5)]),
    "an open-ended plan that ends now": ("OPEN_ENDED", [CancelAtEnd()]),
    "an open-ended plan cancelled": ("OPEN_ENDED", [CancelNow()]),
}


@pytest.mark.parametrize("what", EDITS)
def test_a_changed_plan_is_no_difference(what: str) -> None:
    kind, edits = EDITS[what]
    now = timezone.now()
    merchant = make_merchant()
    schedule = tuple((now.date() + timedelta(days=day), Decimal(300), "") for day in (-40, 20, 50, 80))
    custom = {"custom_installments": schedule, "total_amount": Decimal(1200)} if kind == "CUSTOM_SCHEDULE" else {}
    plan = make_subscription(merchant, Subscription.Type(kind), now=now - BEGUN, horizon=timedelta(days=150), **custom)
    issue_due(merchant=merchant, now=now)

    for number, edit in enumerate(edits):
        change_plan(
            merchant_id=merchant.pk,
            subscription_id=plan.pk,
            edit=edit,
            horizon=timedelta(days=150),
            actor="user:1",
            now=now + number * timedelta(days=5),
        )
    extend_open_ended(merchant=merchant, horizon=timedelta(days=400), now=now)

    assert [each.text for each in find_differences(now=now)] == []
