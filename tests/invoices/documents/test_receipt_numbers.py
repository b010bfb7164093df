"""Receipts are numbered in the transaction that records the money: without gaps, by the merchant's own day."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from billing.clock import database_now
from billing.models import Merchant, NumberSequence
from invoices.models import Payment
from invoices.services.payables import settle_payable
from invoices.services.receipts import number_receipt
from invoices.services.settling import ChangedMeanwhile
from tests.factories import make_bill
from tests.invoices.acts import at_once, take
from tests.invoices.differences import find_differences
from tests.invoices.pages.documents import make_shop
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


def unnumbered(shop: Merchant, received_at: datetime) -> Payment:
    """As recorded before receipts had numbers."""
    payment = take(make_bill(shop), "1")
    NumberSequence.objects.filter(kind="RCP").delete()
    Payment.objects.update(receipt_no=None, received_at=received_at)
    payment.refresh_from_db()
    return payment


def test_payments_are_numbered_one_after_the_other_for_each_merchant(shop: Merchant) -> None:
    today = f"{shop.local_date(database_now()):%Y%m%d}"

    first, second = take(make_bill(shop), "1"), take(make_bill(shop), "2")
    elsewhere = take(make_bill(make_shop("elsewhere")), "3")

    assert [first.receipt_no, second.receipt_no] == [f"RCP-{today}-0001", f"RCP-{today}-0002"]
    assert elsewhere.receipt_no == f"RCP-{today}-0001"
    assert list(find_differences(now=database_now())) == []


def test_money_that_is_not_recorded_takes_no_number(shop: Merchant) -> None:
    bill = make_bill(shop, amount=Decimal("10"))
    settle_payable(bill, amount=Decimal("4"), actor="system", now=database_now())

    with pytest.raises(ChangedMeanwhile):
        take(bill, "10")

    assert not Payment.objects.exists()
    assert not NumberSequence.objects.filter(kind="RCP").exists()


def test_an_older_payment_is_numbered_when_it_is_first_asked_for_and_only_then(shop: Merchant) -> None:
    payment = unnumbered(shop, datetime(2025, 12, 31, 22, 30, tzinfo=UTC))

    first, second = number_receipt(payment_id=payment.pk), number_receipt(payment_id=payment.pk)

    assert first == second == "RCP-20260101-0001"  # past midnight in Amman
    payment.refresh_from_db()
    assert payment.receipt_no == "RCP-20260101-0001"


@pytest.mark.django_db(transaction=True)
def test_asked_for_by_two_at_once_it_gets_one_number(transactional_db: Any) -> None:
    payment = unnumbered(make_shop(), datetime(2026, 1, 1, 12, tzinfo=UTC))

    failures = at_once(*[lambda: number_receipt(payment_id=payment.pk)] * 4)

    assert failures == []
    assert NumberSequence.objects.get(kind="RCP").last_value == 1


def test_whoever_only_looks_at_the_message_with_a_receipt_takes_no_number(shop: Merchant) -> None:
    payment = unnumbered(shop, datetime(2025, 12, 31, 22, 30, tzinfo=UTC))
    staff, path = signed_in(make_staff(shop)), f"/admin/invoices/payment/{payment.pk}/do/whatsapp/"

    looked = staff.get(path)

    assert looked.status_code == 200
    assert not NumberSequence.objects.filter(kind="RCP").exists()
    assert Payment.objects.get().receipt_no is None
    opened = staff.post(path)
    assert "RCP-20260101-0001" in opened.content.decode()
    assert Payment.objects.get().receipt_no == "RCP-20260101-0001"
