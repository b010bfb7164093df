"""What is written in bulk is split where one statement could not carry it."""

from __future__ import annotations

import pytest

from billing.models import Event
from tests.factories import make_merchant


@pytest.mark.django_db
def test_ten_thousand_rows_are_written_at_once() -> None:
    merchant = make_merchant()

    Event.objects.bulk_create(
        Event(merchant=merchant, subject="MERCHANT", subject_id=number, name="changed", actor="test")
        for number in range(10_000)
    )

    assert Event.objects.count() == 10_000
