"""The issuing of many merchants is shared out: a message for many small ones, several for a very large one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from invoices.models import Invoice
from invoices.services.issuing_for_all import groups_to_issue, issue_for_all
from tests.factories import make_bill, make_merchant, make_subscription

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_small_merchants_travel_together_and_a_large_one_is_shared_by_workers() -> None:
    small = [make_merchant(f"small-{number}") for number in range(3)]
    large, idle = make_merchant("large"), make_merchant("idle")
    for merchant in small:
        make_bill(merchant, now=NOON)
    for number in range(3):
        make_subscription(
            large, payment_day=9, customer_phone=f"077783907{number}", now=datetime(2026, 1, 8, tzinfo=UTC)
        )

    groups = groups_to_issue(now=NOON, workers=4, together=2, shared_from=3)

    assert sorted(map(len, groups)) == [1] * 5 + [2]
    assert groups.count([large.pk]) == 4
    visited = {merchant_id for group in groups for merchant_id in group}
    assert visited == {large.pk, *(merchant.pk for merchant in small)}
    assert idle.pk not in visited


@pytest.mark.django_db
def test_a_group_is_issued_alone_and_with_no_time_nothing_is() -> None:
    mine, other = make_merchant("mine"), make_merchant("other")
    for merchant in (mine, other):
        make_bill(merchant, now=NOON)

    assert issue_for_all(now=NOON, ids=[mine.pk], seconds=0) == 0
    assert issue_for_all(now=NOON, ids=[mine.pk], seconds=60) == 1

    assert Invoice.objects.get().merchant == mine
