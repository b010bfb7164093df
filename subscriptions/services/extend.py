"""Open-ended plans keep a horizon of scheduled installments ahead of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from billing.models import Merchant
from subscriptions import schedules
from subscriptions.models import Installment, Subscription
from subscriptions.services.create import installments_of


def extend_open_ended(*, merchant: Merchant, horizon: timedelta, now: datetime, chunk: int = 200) -> int:
    """
    Schedule what is missing up to `horizon` ahead, also after weeks of standstill; how many installments that made.

    Safe beside itself: a chunk locks its subscriptions, and (subscription, sequence) is unique.
    """
    made = 0
    while count := _extend_chunk(merchant, until=merchant.local_date(now) + horizon, chunk=chunk):
        made += count
    return made


@transaction.atomic
def _extend_chunk(merchant: Merchant, *, until: date, chunk: int) -> int:
    # A plan is behind when its next month, at the latest 31 days after its last, lies within the horizon.
    behind = (
        Subscription.objects.open_ended_and_active()
        .filter(merchant=merchant, scheduled_until__lte=until - timedelta(days=31))
        .select_for_update(skip_locked=True)
        .order_by("scheduled_until")[:chunk]
    )
    made: list[Installment] = []
    extended: list[Subscription] = []
    for subscription in behind:
        dues = _missing(subscription, until)
        made += installments_of(subscription, dues)
        subscription.last_sequence = dues[-1].sequence
        subscription.scheduled_until = dues[-1].due_date
        extended.append(subscription)
    Installment.objects.bulk_create(made)
    Subscription.objects.bulk_update(extended, ["last_sequence", "scheduled_until"])
    return len(made)


def _missing(subscription: Subscription, until: date) -> list[schedules.Due]:
    assert subscription.recurring_amount is not None  # subscription_amounts_fit_its_type
    assert subscription.payment_day is not None
    return list(
        schedules.open_ended(
            amount=subscription.recurring_amount,
            anchor=subscription.anchor_date,
            payment_day=subscription.payment_day,
            after_sequence=subscription.last_sequence,
            until=until,
        )
    )
