"""The rest of this month and the twelve after it equal what the schedules say, installment by installment."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from billing.models import Merchant
from invoices.reports.forecast import forecast
from subscriptions.models import Installment, Subscription, Term
from subscriptions.schedules import Interval
from subscriptions.services.extend import extend_open_ended
from tests.invoices.reports.books import NOW, TODAY, Books, span_of

pytestmark = pytest.mark.django_db
OPEN_ENDED, FIXED = Subscription.Type.OPEN_ENDED, Subscription.Type.FIXED_MONTHLY
LAST = date(2027, 3, 31)


def by_month(merchant: Merchant) -> dict[date, tuple[Any, ...]]:
    span = span_of(merchant, from_date=TODAY)
    return {row[0]: tuple(row[1:]) for row in forecast(span).rows}  # type: ignore[misc]


def test_plans_go_on_by_their_rules_beyond_what_is_scheduled() -> None:
    books = Books("Asia/Amman")
    for _ in range(2):
        books.plan(type=OPEN_ENDED, recurring_amount=Decimal("25.500"), payment_day=31)
    books.plan(type=OPEN_ENDED, recurring_amount=Decimal(10), payment_day=1, ends_after=2)
    assert not Installment.objects.filter(due_date__gt=TODAY + timedelta(days=100)).exists()

    months = by_month(books.merchant)

    assert list(months)[0::12] == [date(2026, 3, 1), date(2027, 3, 1)]
    assert months[date(2026, 3, 1)] == (2, Decimal(0), Decimal(51), Decimal(51))
    assert months[date(2026, 4, 1)] == (3, Decimal(0), Decimal(61), Decimal(61))
    assert [months[each][0] for each in months] == [2, 3, 3] + [2] * 10


def test_what_was_paid_ahead_is_not_to_come() -> None:
    books = Books("Asia/Amman")
    books.plan(type=FIXED, total_amount=Decimal(300), monthly_payment=Decimal(100), payment_day=20)
    first, second, third = Installment.objects.order_by("sequence")
    Installment.objects.filter(pk=first.pk).update(status="PAID", amount_paid=Decimal(100), paid_at=NOW)
    Installment.objects.filter(pk=second.pk).update(status="INVOICED", amount_paid=Decimal(40))
    assert third.due_date == date(2026, 5, 20)

    months = by_month(books.merchant)

    assert [months[date(2026, month, 1)][:2] for month in (3, 4, 5, 6)] == [
        (0, Decimal(0)),
        (1, Decimal(60)),
        (1, Decimal(100)),
        (0, Decimal(0)),
    ]


@pytest.mark.parametrize("seed", [7, 8])
def test_the_forecast_equals_the_rows_that_the_schedule_makes_later(seed: int) -> None:
    books, draw = Books("Asia/Amman"), Random(seed)
    stranger = Books("Asia/Amman", username="stranger")
    stranger.plan(type=OPEN_ENDED)
    for _ in range(20):
        random_plan(draw, books)

    months = by_month(books.merchant)

    extend_open_ended(merchant=books.merchant, horizon=LAST - TODAY, now=NOW)
    expected: dict[date, list[Any]] = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    rows = Installment.objects.filter(merchant=books.merchant, due_date__gt=TODAY, due_date__lte=LAST)
    for row in rows.select_related("subscription"):
        is_to_come = row.status == "SCHEDULED" and row.subscription.status == "ACTIVE"
        if row.subscription.currency == "JOD" and (is_to_come or row.status == "INVOICED"):
            line = expected[row.due_date.replace(day=1)]
            line[0] += 1
            line[2 if row.subscription.type == OPEN_ENDED else 1] += row.amount_due
    assert {month: list(values[:3]) for month, values in months.items() if values[0]} == expected
    assert len(expected) == 13


def random_plan(draw: Random, books: Books) -> None:
    kind = draw.choice([OPEN_ENDED, OPEN_ENDED, FIXED, Subscription.Type.CUSTOM_SCHEDULE])
    given: dict[str, Any] = {"now": NOW - timedelta(days=draw.randrange(0, 60))}
    if kind == OPEN_ENDED:
        interval = draw.choice(list(Interval))
        day = None if interval is Interval.WEEKLY else draw.choice([1, 15, 31])
        end = draw.choice([{}, {"ends_after": draw.randrange(3, 20)}, {"ends_on": date(2026, 11, 15)}])
        given |= {"interval": interval, "payment_day": day, "recurring_amount": Decimal(draw.randrange(1, 99))} | end
    plan = books.plan(type=kind, **given)
    state = draw.choice([{}, {}, {"status": "PAUSED"}, {"currency": "SAR"}, {"status": "CANCELLED"}])
    Subscription.objects.filter(pk=plan.pk).update(**state)
    if kind == OPEN_ENDED and draw.random() < 0.4:
        Term.objects.create(
            merchant=books.merchant,
            subscription=plan,
            from_sequence=plan.last_sequence + 1,
            anchor_date=plan.scheduled_until + timedelta(days=4) if plan.scheduled_until < LAST else LAST,
            interval="MONTHLY",
            payment_day=20,
            amount=Decimal("3.500"),
        )
    Installment.objects.filter(subscription=plan, sequence=2).update(status="INVOICED", amount_paid=Decimal("0.500"))
