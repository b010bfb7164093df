"""The figures of home are those of the rows, whoever counts them and however often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from billing.models import Bill, Merchant
from invoices.models import FiguresCount, MonthFigure, OpenFigure
from invoices.services.figures.keeping import count_figures, due_to_be_counted, keep_figures
from invoices.services.figures.months import count_months
from invoices.services.figures.open_rows import count_open
from invoices.services.figures.reading import read_figures
from tests.factories import make_bill, make_merchant
from tests.invoices.figures.books import make_book, months_by_hand, worklist_by_hand

pytestmark = pytest.mark.django_db

# In Amman the month has begun already, in UTC it has not.
NOW = datetime(2026, 10, 31, 21, 30, tzinfo=UTC)


@pytest.fixture
def merchant() -> Merchant:
    merchant = make_merchant()
    make_book(merchant, today=merchant.local_date(NOW), now=NOW)
    return merchant


def kept(merchant: Merchant) -> dict[str, tuple[int, Decimal]]:
    return {row.name: (row.count, row.amount) for row in OpenFigure.objects.filter(merchant=merchant)}


def test_the_worklist_is_what_counting_row_by_row_finds(merchant: Merchant) -> None:
    today = merchant.local_date(NOW)
    make_book(make_merchant("neighbour"), today=today, now=NOW, seed=2, bills=5)

    found = count_open(merchant_ids=[merchant.pk], today=today, zone=ZoneInfo("Asia/Amman"))

    by_hand = worklist_by_hand(merchant, today=today)
    assert {each.name: (each.count, each.amount) for each in found} == by_hand
    assert len(by_hand) > 8
    assert {each.currency for each in found} == {"JOD"}


@pytest.mark.parametrize("zone", ["Asia/Amman", "Asia/Riyadh", "UTC"])
def test_months_are_those_of_the_merchants_own_calendar(zone: str) -> None:
    merchant = make_merchant(time_zone=zone)
    today = merchant.local_date(NOW)
    make_book(merchant, today=today, now=NOW)

    found = count_months(merchant_ids=[merchant.pk], today=today, zone=ZoneInfo(zone))

    assert {(each.month, each.kind, each.method): each.amount for each in found} == months_by_hand(
        merchant, today=today
    )
    assert {each.channel for each in found} == {""}


def test_counting_again_changes_nothing(merchant: Merchant) -> None:
    keep_figures(now=NOW, seconds=60)
    first, months = kept(merchant), MonthFigure.objects.count()

    keep_figures(now=NOW + timedelta(hours=1), seconds=60)

    assert kept(merchant) == first == worklist_by_hand(merchant, today=merchant.local_date(NOW))
    assert MonthFigure.objects.count() == months > 0


def test_a_count_that_began_earlier_does_not_replace_a_later_one(merchant: Merchant) -> None:
    count_figures(merchant=merchant, now=NOW)
    first = kept(merchant)
    Bill.objects.filter(merchant=merchant).update(status="CANCELLED")

    count_figures(merchant=merchant, now=NOW - timedelta(seconds=1))

    assert kept(merchant) == first
    assert FiguresCount.objects.get().counted_at == NOW


def test_only_merchants_with_news_are_counted_again(merchant: Merchant) -> None:
    quiet = make_merchant("quiet")
    keep_figures(now=NOW, seconds=60)
    make_bill(merchant)

    soon, in_two_minutes, in_an_hour, tomorrow = (
        {each.pk for each in due_to_be_counted(now=NOW + after)}
        for after in (timedelta(seconds=30), timedelta(minutes=2), timedelta(hours=1), timedelta(days=1))
    )

    assert soon == set()
    assert in_two_minutes == {merchant.pk}
    assert in_an_hour == tomorrow == {merchant.pk, quiet.pk}


def test_a_large_merchant_is_read_from_what_was_kept(merchant: Merchant, django_assert_max_num_queries: Any) -> None:
    count_figures(merchant=merchant, now=NOW)
    FiguresCount.objects.update(open_rows=1_000_000)
    by_hand = worklist_by_hand(merchant, today=merchant.local_date(NOW))
    Bill.objects.filter(merchant=merchant).update(status="CANCELLED")

    with django_assert_max_num_queries(3):
        figures = read_figures(merchants=[merchant], now=NOW + timedelta(minutes=5))

    assert figures.as_of == NOW
    assert {each.name: (each.count, each.amount) for each in figures.open} == by_hand


def test_a_small_merchant_is_counted_as_it_is_looked_at(merchant: Merchant) -> None:
    count_figures(merchant=merchant, now=NOW)
    Bill.objects.filter(merchant=merchant, status="PENDING").update(status="CANCELLED")

    figures = read_figures(merchants=[merchant], now=NOW)

    assert figures.as_of is None
    assert figures.count(OpenFigure.Name.OVERDUE_BILLS) == 0
