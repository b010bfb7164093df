"""What plans are worth a month, and how that moved: against a recount of every plan at every month's end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from invoices.reports.recurring import recurring
from invoices.reports.recurring_values import monthly_value
from subscriptions.models import Subscription, Term
from subscriptions.schedules import Interval
from tests.invoices.reports.books import TODAY, Books, span_of

pytestmark = pytest.mark.django_db
OPEN_ENDED = Subscription.Type.OPEN_ENDED
YEAR = {"from_date": date(2025, 4, 1), "to_date": date(2026, 3, 31)}


def open_ended(
    books: Books, begun: date, amount: str = "30", clock: tuple[int, ...] = (12,), **state: Any
) -> Subscription:
    given = {name: state.pop(name) for name in ("interval", "ends_after", "ends_on") if name in state}
    plan = books.plan(type=OPEN_ENDED, now=books.at(begun, *clock), recurring_amount=Decimal(amount), **given)
    Subscription.objects.filter(pk=plan.pk).update(**state)
    plan.refresh_from_db()
    return plan


def change(plan: Subscription, from_sequence: int, anchor: date, amount: str) -> None:
    Term.objects.create(
        merchant=plan.merchant,
        subscription=plan,
        from_sequence=from_sequence,
        anchor_date=anchor,
        interval=plan.interval,
        payment_day=plan.payment_day,
        amount=Decimal(amount),
    )


def by_month(books: Books, **days: date) -> dict[date, tuple[Any, ...]]:
    return {row[0]: tuple(row[1:]) for row in recurring(span_of(books.merchant, **YEAR | days)).rows}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("amount", "interval", "value"),
    [
        ("30", "WEEKLY", "130.000"),
        ("10", "WEEKLY", "43.333"),
        ("30", "MONTHLY", "30.000"),
        ("100", "QUARTER", "33.333"),
        ("100", "YEARLY", "8.333"),
        ("0.005", "YEARLY", "0.000"),
        ("0.006", "YEARLY", "0.001"),
    ],
)
def test_an_amount_of_a_period_as_that_of_a_month(amount: str, interval: str, value: str) -> None:
    assert monthly_value(Decimal(amount), Interval(interval)) == Decimal(value)


def test_new_changed_and_lost_lead_from_one_months_end_to_the_next() -> None:
    books = Books("Asia/Amman")
    grown = open_ended(books, date(2025, 11, 10), "30")
    change(grown, 3, date(2026, 2, 1), "40")
    open_ended(books, date(2026, 1, 20), "5")
    left = open_ended(books, date(2025, 11, 10), "20", status="CANCELLED")
    Subscription.objects.filter(pk=left.pk).update(cancelled_at=books.at(date(2026, 2, 3), 9))

    months = by_month(books)

    nothing = Decimal(0)
    assert months[date(2025, 11, 1)] == (nothing, Decimal(50), nothing, nothing, Decimal(50), 2, 0, None)
    assert months[date(2026, 1, 1)] == (Decimal(50), Decimal(5), nothing, nothing, Decimal(55), 3, 0, nothing)
    assert months[date(2026, 2, 1)] == (
        Decimal(55), nothing, Decimal(10), Decimal(20), Decimal(45), 2, 1, Decimal("36.4"),
    )  # fmt: skip


def test_a_plan_begins_and_ends_on_the_merchants_own_day() -> None:
    books = Books("Asia/Riyadh")
    open_ended(books, date(2026, 1, 31), "1", clock=(23, 59))
    open_ended(books, date(2026, 2, 1), "2", clock=(0, 0))
    early = open_ended(books, date(2025, 12, 1), "4", status="CANCELLED")
    Subscription.objects.filter(pk=early.pk).update(cancelled_at=books.at(date(2026, 1, 31), 23, 59))

    months = by_month(books)

    assert months[date(2026, 1, 1)][4] == Decimal(1)
    assert months[date(2026, 2, 1)][4] == Decimal(3)


def test_what_began_and_ended_within_a_month_is_neither_new_nor_lost() -> None:
    books = Books("Asia/Amman")
    brief = open_ended(books, date(2026, 2, 2), status="CANCELLED")
    Subscription.objects.filter(pk=brief.pk).update(cancelled_at=books.at(date(2026, 2, 20), 9))

    assert all(not any(values[1:6]) for values in by_month(books).values())


def test_fixed_plans_and_other_currencies_and_other_merchants_do_not_recur() -> None:
    books, stranger = Books("Asia/Amman"), Books("Asia/Amman", username="stranger")
    books.plan(now=books.at(date(2026, 1, 5)))
    open_ended(books, date(2026, 1, 5), currency="SAR")
    open_ended(stranger, date(2026, 1, 5))

    assert all(not any(values[1:6]) for values in by_month(books).values())


def test_a_plan_counts_until_its_last_payment_falls_due() -> None:
    books = Books("Asia/Amman")
    ended = open_ended(books, date(2025, 12, 20), "30", ends_after=2)
    assert ended.anchor_date == date(2026, 1, 1)

    months = by_month(books)

    assert months[date(2026, 1, 1)][4] == Decimal(30)
    assert months[date(2026, 2, 1)][2:7] == (0, Decimal(30), 0, 0, 1)


@pytest.mark.parametrize("seed", [5, 6])
def test_every_month_equals_a_recount_of_every_plan(seed: int) -> None:
    books, draw = Books("Asia/Amman"), Random(seed)
    for _ in range(25):
        random_plan(draw, books)

    months = by_month(books)

    plans = list(Subscription.objects.filter(currency="JOD").exclude(type="FIXED_MONTHLY"))
    for month, (begun, new, changed, lost, ended, plan_count, _plans_lost, _churn) in months.items():
        last = min((month + timedelta(days=31)).replace(day=1) - timedelta(days=1), TODAY)
        before, after = ([worth(plan, day, books) for plan in plans] for day in (month - timedelta(days=1), last))
        pairs = list(zip(before, after, strict=True))
        assert begun == sum(before)
        assert ended == sum(after)
        assert new == sum(late for early, late in pairs if not early)
        assert lost == sum(early for early, late in pairs if not late)
        assert changed == sum(late - early for early, late in pairs if early and late)
        assert plan_count == sum(1 for value in after if value)
    assert months[date(2026, 3, 1)][4]


def random_plan(draw: Random, books: Books) -> None:
    begun = date(2025, 2, 1) + timedelta(days=draw.randrange(0, 400))
    interval = draw.choice([Interval.MONTHLY, Interval.QUARTERLY, Interval.YEARLY])
    plan = open_ended(books, begun, str(Decimal(draw.randrange(1_000, 90_000)).scaleb(-3)), interval=interval)
    if draw.random() < 0.5:
        change(plan, 2, plan.anchor_date + timedelta(days=draw.randrange(1, 90)), "12.345")
    stopped_at = books.at(min(begun + timedelta(days=draw.randrange(0, 200)), TODAY), draw.choice([0, 1, 12, 23]), 30)
    state: dict[str, Any] = draw.choice(
        [
            {},
            {"status": "CANCELLED", "cancelled_at": stopped_at},
            {"status": "PAUSED", "paused_at": stopped_at},
            {"status": "COMPLETED", "completed_at": stopped_at},
        ]
    )
    Subscription.objects.filter(pk=plan.pk).update(**state)


def worth(plan: Subscription, day: date, books: Books) -> Decimal:
    """Told from the plan's own rows alone."""
    begun = plan.created_at.astimezone(books.zone).date()
    ends: list[datetime | None] = [plan.cancelled_at, plan.completed_at, plan.paused_at]
    if day < begun or any(end and end.astimezone(books.zone).date() <= day for end in ends):
        return Decimal(0)
    amount = plan.recurring_amount or Decimal(0)
    for term in plan.terms.filter(anchor_date__lte=day):
        amount = term.amount
    return (amount / {"MONTHLY": 1, "QUARTER": 3, "YEARLY": 12}[plan.interval]).quantize(Decimal("0.001"))
