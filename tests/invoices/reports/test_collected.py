"""What was collected equals a recount of the payments and refunds, whatever the clock says elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from invoices.models import Payment, Refund
from invoices.reports.collected import (
    collected_by_channel,
    collected_by_day,
    collected_by_method,
    collected_by_user,
)
from tests.invoices.reports.books import Books, random_books, span_of

pytestmark = pytest.mark.django_db
ZONES = [("Asia/Amman", 1), ("Asia/Riyadh", 2)]


def recount(
    books: Books, of_payment: Callable[[Payment], Any], of_refund: Callable[[Refund], Any]
) -> dict[Any, tuple[Any, ...]]:
    """Row by row: how many, how much, how many back, how much back, what remains."""
    span = span_of(books.merchant)
    found: dict[Any, list[Any]] = defaultdict(lambda: [0, Decimal(0), 0, Decimal(0)])
    for payment in Payment.objects.all():
        day = payment.received_at.astimezone(books.zone).date()
        if payment.merchant_id == books.merchant.pk and payment.currency == "JOD" and _within(day, span):
            found[of_payment(payment)][0] += 1
            found[of_payment(payment)][1] += payment.amount
    for refund in Refund.objects.filter(status="DONE"):
        assert refund.done_at
        day = refund.done_at.astimezone(books.zone).date()
        if refund.merchant_id == books.merchant.pk and refund.payment.currency == "JOD" and _within(day, span):
            found[of_refund(refund)][2] += 1
            found[of_refund(refund)][3] += refund.amount
    return {key: (*values, values[1] - values[3]) for key, values in found.items()}


def _within(day: date, span: Any) -> bool:
    return bool(span.from_date <= day <= span.to_date)


@pytest.mark.parametrize(("zone", "seed"), ZONES)
def test_every_way_of_telling_it_equals_a_recount(zone: str, seed: int) -> None:
    books = random_books(seed, zone)
    stranger = Books(zone, username="stranger")
    stranger.cash(stranger.bill(), Decimal("77"), stranger.at(date(2026, 2, 1), 12))
    span = span_of(books.merchant)

    by_day = recount(
        books,
        lambda payment: payment.received_at.astimezone(books.zone).date(),
        lambda refund: refund.done_at.astimezone(books.zone).date(),  # type: ignore[union-attr]
    )
    by_method = recount(
        books, lambda payment: payment.get_method_display(), lambda refund: Payment.Method(refund.method).label
    )
    by_channel = recount(
        books,
        lambda payment: payment.invoice.get_channel_display() if payment.invoice else "At the counter",
        lambda refund: refund.payment.invoice.get_channel_display() if refund.payment.invoice else "At the counter",
    )
    by_user = recount(
        books,
        lambda payment: payment.recorded_by.username if payment.recorded_by else "Payment link",
        lambda refund: refund.done_by.username if refund.done_by else "",
    )

    assert {row[0]: tuple(row[4:]) for row in collected_by_day(span).rows} == by_day
    for report, expected in (
        (collected_by_method(span), by_method),
        (collected_by_channel(span), by_channel),
        (collected_by_user(span), by_user),
    ):
        assert {str(row[0]): tuple(row[1:]) for row in report.rows} == expected
        assert report.totals[2] == sum((each[1] for each in by_day.values()), Decimal(0))
    assert by_day


def test_a_day_begins_and_ends_at_the_merchants_own_midnight() -> None:
    books = Books("Asia/Riyadh")
    bill = books.bill(amount=Decimal(100))
    day = date(2026, 2, 10)
    books.cash(bill, Decimal(1), books.at(day, 0) - timedelta(microseconds=1))
    books.cash(bill, Decimal(2), books.at(day, 0))
    books.cash(bill, Decimal(4), books.at(day, 23, 59, 59, 999_999))
    books.cash(bill, Decimal(8), books.at(day + timedelta(days=1), 0))

    report = collected_by_day(span_of(books.merchant, from_date=day, to_date=day))

    assert [(row[0], row[5]) for row in report.rows] == [(day, Decimal(6))]


def test_the_chart_stands_for_every_day_and_adds_up_to_what_came_in() -> None:
    books = Books("Asia/Amman")
    bill = books.bill(amount=Decimal(100))
    books.cash(bill, Decimal("1.500"), books.at(date(2026, 2, 2), 9))
    books.online(bill, Decimal("2.250"), books.at(date(2026, 2, 2), 10))

    chart = collected_by_day(span_of(books.merchant, from_date=date(2026, 2, 1), to_date=date(2026, 2, 3))).chart

    assert chart is not None
    assert chart.labels == [date(2026, 2, day) for day in (1, 2, 3)]
    assert [(str(title), list(values)) for title, values in chart.series] == [
        ("Payment link", [0, Decimal("2.250"), 0]),
        ("Cash", [0, Decimal("1.500"), 0]),
        ("Bank transfer", [0, 0, 0]),
    ]


def test_money_asked_back_but_not_given_back_yet_still_counts() -> None:
    books = Books("Asia/Amman")
    payment = books.cash(books.bill(), Decimal(10), books.at(date(2026, 2, 2), 9))
    books.refund(payment, Decimal(10), None)

    (row,) = collected_by_method(span_of(books.merchant)).rows

    assert row[1:] == (1, Decimal(10), 0, Decimal(0), Decimal(10))
