"""The audit reads one state of the book, keeps nobody waiting, and writes nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection

from billing.models import Bill, Merchant
from invoices.audit.snapshot import one_snapshot
from tests.factories import make_bill, make_merchant

pytestmark = pytest.mark.django_db(transaction=True)


def in_another_session(work: Any) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=15)
    assert not thread.is_alive()


def test_what_is_posted_meanwhile_is_not_kept_waiting_and_not_seen() -> None:
    merchant = make_merchant()

    with one_snapshot():
        assert Bill.objects.count() == 0
        in_another_session(lambda: make_bill(merchant))
        seen = Bill.objects.count()

    assert seen == 0
    assert Bill.objects.count() == 1


def test_afterwards_one_writes_as_before() -> None:
    with one_snapshot():
        assert Merchant.objects.count() == 0

    make_bill(make_merchant())

    assert Bill.objects.count() == 1


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no transactions that only read")
def test_it_cannot_write() -> None:
    with pytest.raises(DatabaseError, match="read-only"), one_snapshot():
        make_merchant()

    assert Merchant.objects.count() == 0
