"""What is owed by age, and what was billed by month, equal a recount of the bills and installments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from billing.models import Bill, Customer
from invoices.reports.ageing import ageing, ageing_by_customer
from invoices.reports.billed import billed_by_month
from subscriptions.models import Installment
from tests.invoices.reports.books import TODAY, Books, random_books, span_of

pytestmark = pytest.mark.django_db
SEEDS = [3, 4]


def owed(books: Books) -> Iterator[tuple[Customer, int, int, Decimal]]:
    """Whose, 0 for a bill and 1 for an installment, the age from 0, how much."""
    for bill in Bill.objects.filter(merchant=books.merchant, currency="JOD"):
        if bill.amount_due:
            yield bill.customer, 0, age(bill.due_date), bill.amount_due
    for installment in Installment.objects.filter(merchant=books.merchant, status="INVOICED"):
        yield installment.subscription.customer, 1, age(installment.due_date), installment.amount_due


def age(due_date: date) -> int:
    days = (TODAY - due_date).days
    return 0 if days <= 0 else 1 if days <= 30 else 2 if days <= 60 else 3 if days <= 90 else 4


@pytest.mark.parametrize("seed", SEEDS)
def test_ages_equal_a_recount(seed: int, django_assert_num_queries: Any) -> None:
    books = random_books(seed, "Asia/Amman")
    expected = [[0, Decimal(0), 0, Decimal(0), Decimal(0)] for _ in range(5)]
    for _customer, kind, at, amount in owed(books):
        expected[at][kind * 2] += 1
        expected[at][kind * 2 + 1] += amount
        expected[at][4] += amount

    with django_assert_num_queries(1):
        report = ageing(span_of(books.merchant))

    assert [list(row[1:]) for row in report.rows] == expected
    assert sum(row[5] for row in report.rows) == report.totals[5] != 0  # type: ignore[misc, arg-type]


@pytest.mark.parametrize("seed", SEEDS)
def test_customers_equal_a_recount_and_the_largest_come_first(seed: int) -> None:
    books = random_books(seed, "Asia/Amman")
    expected: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    for customer, _kind, at, amount in owed(books):
        expected[customer.phone][at] += amount

    rows = ageing_by_customer(span_of(books.merchant)).rows

    assert {row[1]: list(row[2:7]) for row in rows} == expected
    totals = [row[7] for row in rows]
    assert totals == sorted((sum(each) for each in expected.values()), reverse=True)


def test_who_owes_little_beside_many_is_in_one_line(django_assert_num_queries: Any) -> None:
    books = Books("Asia/Amman")
    for customer, amount in zip(books.customers, (5, 30, 1, 2), strict=True):
        books.bill(customer=customer, amount=Decimal(amount), due_date=TODAY - timedelta(days=1))

    with translation.override("en"), django_assert_num_queries(2):
        report = ageing_by_customer(span_of(books.merchant), most_customers=1)

    assert [(str(row[0]), row[3], row[7]) for row in report.rows] == [("Customer 1", 30, 30), ("3 others", 8, 8)]
    assert report.totals[7] == 38


@pytest.mark.parametrize("seed", SEEDS)
def test_billed_by_month_equals_a_recount(seed: int) -> None:
    books = random_books(seed, "Asia/Amman")
    span = span_of(books.merchant, from_date=date(2025, 9, 10))
    expected = {month: [0, Decimal(0), 0, Decimal(0), Decimal(0)] for month in span.months}
    bills = Bill.objects.filter(merchant=books.merchant, currency="JOD").exclude(status="CANCELLED")
    for at, rows in ((0, bills), (2, Installment.objects.filter(merchant=books.merchant))):
        for row in rows:
            if span.from_date <= row.due_date <= span.to_date and row.status in {"PENDING", "PAID", "INVOICED"}:
                line = expected[row.due_date.replace(day=1)]
                line[at] += 1
                line[at + 1] += row.amount
                line[4] += row.amount

    report = billed_by_month(span)

    assert {row[0]: list(row[1:]) for row in report.rows} == expected
    assert list(expected) == [date(2025, month, 1) for month in (9, 10, 11, 12)] + [
        date(2026, month, 1) for month in (1, 2, 3)
    ]
