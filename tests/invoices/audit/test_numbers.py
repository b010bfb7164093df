"""Numbers given twice, skipped, or never given out at all are found, for each merchant and day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F, Value
from django.db.models.functions import Concat, Replace
from django.utils import timezone

from billing.models import Bill, NumberSequence
from invoices.audit.numbers import numbers_have_no_gaps
from invoices.models import Invoice
from invoices.services.issuing import issue_due
from subscriptions.models import Subscription
from tests.factories import make_bill, make_merchant, make_subscription

pytestmark = pytest.mark.django_db

DIFFER = "the numbers given out that day and the documents that carry them differ"
NEVER = "documents carry numbers that were never given out"


@pytest.fixture(autouse=True)
def book() -> None:
    """Two merchants, two days, three kinds of numbers."""
    for username in ("first", "second"):
        merchant = make_merchant(username)
        for days in (1, 0):
            now = timezone.now() - timedelta(days=days)
            make_bill(merchant, now=now)
            make_bill(merchant, now=now)
            make_subscription(merchant, "OPEN_ENDED", now=now)
            issue_due(merchant=merchant, now=now)
    assert found() == []


def found() -> list[tuple[str, str]]:
    return [(each.subject, each.problem) for each in numbers_have_no_gaps(now=timezone.now())]


def last(model: Any) -> Any:
    return model.objects.filter(pk=model.objects.order_by("pk").last().pk)


def _renumber(model: Any, field: str, old: str, new: str) -> None:
    last(model).update(**{field: Replace(F(field), Value(old), Value(new))})


PLANTED: dict[str, tuple[Callable[[], Any], list[tuple[str, str]]]] = {
    "a bill's number given twice": (
        lambda: (_renumber(Bill, "billing_no", "-0002", "-00001"), _renumber(Bill, "bill_no", "-0002", "-00001")),
        [("NumberSequence", DIFFER)],
    ),
    "a bill's number skipped": (
        lambda: (_renumber(Bill, "billing_no", "-0002", "-0003"), _renumber(Bill, "bill_no", "-0002", "-0003")),
        [("NumberSequence", DIFFER)],
    ),
    "a bill's two numbers that differ": (
        lambda: _renumber(Bill, "bill_no", "-0002", "-0003"),
        [("Bill", "its two numbers differ")],
    ),
    "a counter that ran on": (
        lambda: NumberSequence.objects.filter(pk=NumberSequence.objects.filter(kind="SUB").first().pk).update(
            last_value=9
        ),
        [("NumberSequence", DIFFER)],
    ),
    "a number of a day that gave none": (
        lambda: last(Subscription).update(subscription_no="SUB-20200101-0001"),
        [("Merchant", NEVER), ("NumberSequence", DIFFER)],
    ),
    "an invoice's number beyond the counter": (
        lambda: _renumber(Invoice, "number", "-0002", "-0007"),
        [("NumberSequence", DIFFER), ("Invoice", "its reference is not of its number")],
    ),
    "an invoice with another's reference": (
        lambda: last(Invoice).update(reference=Concat(Value("X"), F("reference"))),
        [("Invoice", "its reference is not of its number")],
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_difference_is_found(what: str) -> None:
    plant, expected = PLANTED[what]

    plant()

    assert found() == expected


def test_a_gap_in_the_numbers_of_invoices_is_none() -> None:
    NumberSequence.objects.filter(kind="INV").update(last_value=F("last_value") + 5)

    assert found() == []
