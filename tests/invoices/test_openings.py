"""Openings of pages are counted, for staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Bill
from invoices.models import PageOpening
from invoices.services.openings import note_opening
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import at_once

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)


@pytest.fixture
def bill() -> Bill:
    return make_bill(make_merchant(), now=NOON)


def test_the_first_and_the_last_are_known_and_how_many_there_were(bill: Bill) -> None:
    for moment in (NOON, NOON + timedelta(minutes=1), LATER):
        note_opening(opened=bill, now=moment)

    opening = PageOpening.objects.get()
    assert (opening.bill, opening.merchant, opening.count) == (bill, bill.merchant, 3)
    assert (opening.first_opened_at, opening.last_opened_at) == (NOON, LATER)


def test_one_that_is_written_late_does_not_turn_the_clock_back(bill: Bill) -> None:
    note_opening(opened=bill, now=LATER)

    note_opening(opened=bill, now=NOON)

    opening = PageOpening.objects.get()
    assert (opening.count, opening.last_opened_at) == (2, LATER)


def test_bills_installments_and_customers_are_counted_apart(bill: Bill) -> None:
    installment = make_subscription(bill.merchant, "CUSTOM_SCHEDULE").installments.get(sequence=1)

    for opened in (bill, installment, bill.customer, bill.customer):
        note_opening(opened=opened, now=NOON)

    assert (bill.page_opening.count, installment.page_opening.count, bill.customer.page_opening.count) == (1, 1, 2)


def test_it_is_one_statement(bill: Bill) -> None:
    note_opening(opened=bill, now=NOON)

    with CaptureQueriesContext(
        connection,
    ) as statements:
        note_opening(opened=bill, now=LATER)

    assert len(statements) == 1


@pytest.mark.django_db(transaction=True)
def test_openings_at_the_same_moment_all_count(bill: Bill) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite runs writers one after another")

    failures = at_once(*[lambda: note_opening(opened=bill, now=NOON) for _ in range(8)])

    assert failures == []
    assert PageOpening.objects.get().count == 8
