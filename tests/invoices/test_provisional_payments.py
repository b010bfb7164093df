"""A payment booked before its transaction was named, and the transaction: the same money, booked once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.clock import database_now
from billing.models import Bill, Event
from invoices.models import Invoice, Payment
from tests.invoices.acts import book, paid_answer
from tests.invoices.differences import find_differences

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_payment_without_a_token_is_provisional_until_the_real_one_appears(sent: Invoice) -> None:
    book(sent, paid_answer(sent, token=""))
    provisional = Payment.objects.get()
    assert provisional.is_provisional

    book(sent, paid_answer(sent, token="real"))
    book(sent, paid_answer(sent, token=""))

    payment = Payment.objects.get()
    assert (payment.pk, payment.transaction_token, payment.is_provisional) == (provisional.pk, "real", False)


def test_a_transaction_over_more_than_was_booked_provisionally_is_the_same_money(sent: Invoice) -> None:
    book(sent, paid_answer(sent, token=""))

    book(sent, paid_answer(sent, token="real", amount="101.000"))
    book(sent, paid_answer(sent, token="real", amount="101.000"))

    payment = Payment.objects.get()
    assert (payment.amount, payment.applied_amount) == (Decimal("101.000"), Decimal("100.000"))
    assert (payment.review_reason, payment.is_provisional) == (Payment.Review.OVERPAID, False)
    assert Bill.objects.get().amount_paid == Decimal("100.000")
    event = Event.objects.get(name="transaction_differs")
    assert event.details == {"old_amount": "100.000", "amount": "101.000"}
    assert find_differences(now=database_now()) == []


def test_a_transaction_over_less_than_was_booked_provisionally_is_shown_to_staff(sent: Invoice) -> None:
    book(sent, paid_answer(sent, token=""))

    book(sent, paid_answer(sent, token="real", amount="60.000"))

    payment = Payment.objects.get()
    assert (payment.amount, payment.transaction_token) == (Decimal("100.000"), "real")
    assert payment.review_reason == Payment.Review.SHORT
    assert Event.objects.get(name="transaction_differs").details["amount"] == "60.000"
    assert find_differences(now=database_now()) == []
