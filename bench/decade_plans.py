"""The plans of bench.decade, each beside the same in the walked calendar."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bench.decade_calendar import Counting, Expected, WalkedList, WalkedPlan
from billing.models import Merchant
from subscriptions.models import Subscription
from subscriptions.schedules import Interval
from subscriptions.services import NewSubscription, create_subscription

HORIZON = timedelta(days=92)
ACTOR = "system"
STEPS = {Interval.WEEKLY: 1, Interval.MONTHLY: 1, Interval.QUARTERLY: 3, Interval.YEARLY: 12}
Type = Subscription.Type


@dataclass
class Lived:
    """A plan in the product, beside the same in the walked calendar."""

    subscription: Subscription
    walked: WalkedPlan | WalkedList
    next_event: date


def begin(merchant: Merchant, dice: random.Random, *, now: datetime) -> Lived:
    today = now.date()
    kind = dice.choice(list(Type))
    new, walked = (_custom if kind == Type.CUSTOM_SCHEDULE else _ruled)(kind, dice, today)
    subscription = create_subscription(merchant=merchant, new=new, horizon=HORIZON, actor=ACTOR, now=now)
    return Lived(subscription, walked, some_days_after(today, dice))


def _ruled(kind: Type, dice: random.Random, today: date) -> tuple[NewSubscription, WalkedPlan]:
    interval = dice.choice(list(Interval))
    starts_on = today + timedelta(days=dice.choice([0, 0, 1, 17, 45]))
    skip_first, day = dice.random() < 0.2, dice.randint(1, 31)
    amount = Decimal(dice.randint(5_000, 90_000)).scaleb(-3)
    total = Decimal(dice.randint(200_000, 2_500_000)).scaleb(-3) if kind == Type.FIXED_MONTHLY else None
    ends_after = dice.choice([None, None, dice.randint(2, 60)]) if total is None else None
    new = NewSubscription(
        **_common(kind),
        interval=interval,
        payment_day=None if interval is Interval.WEEKLY else day,
        start_date=starts_on,
        skip_first=skip_first,
        total_amount=total,
        monthly_payment=amount if total else None,
        recurring_amount=None if total else amount,
        ends_after=ends_after,
    )
    walked = WalkedPlan.beginning(
        counting_of(interval, day, starts_on),
        today=today,
        starts_on=starts_on,
        skip_first=skip_first,
        amount=amount,
        left=total,
        ends_after=ends_after,
    )
    return new, walked


def _custom(kind: Type, dice: random.Random, today: date) -> tuple[NewSubscription, WalkedList]:
    payments = tuple(
        (today + timedelta(days=dice.randint(0, 3000)), Decimal(dice.randint(1, 90_000)).scaleb(-3), "")
        for _ in range(dice.randint(1, 40))
    )
    total = sum((amount for _, amount, _ in payments), Decimal(0))
    new = NewSubscription(**_common(kind), custom_installments=payments, total_amount=total)
    return new, WalkedList(waiting=[Expected(due, amount, None) for due, amount, _ in payments])


def _common(kind: Type) -> dict[str, Any]:
    return {"type": kind, "customer_name": "Decade", "customer_phone": "0790000001", "product_name": "Plan"}


def counting_of(interval: Interval, day: int, first: date) -> Counting:
    weekday = first.weekday() if interval is Interval.WEEKLY else None
    return Counting(weekday=weekday, day=day, step=STEPS[interval])


def some_days_after(today: date, dice: random.Random) -> date:
    return today + timedelta(days=dice.randint(15, 300))
