"""A customer's account: what fell due, what was paid, what remains."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from billing.models import Bill, Customer, Merchant
from billing.services import cancel_bill
from invoices.documents.account import build_account
from invoices.models import Payment
from invoices.pages.statement_rows import build_statement_rows
from invoices.services.statements import Statement, build_statement
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import take
from tests.invoices.documents.ledger import give_back
from tests.invoices.pages.documents import make_shop

pytestmark = pytest.mark.django_db
AMMAN = ZoneInfo("Asia/Amman")


def statement_of(customer: Customer, **kwargs: Any) -> Statement:
    year = {"from_date": date(2025, 1, 1), "to_date": date(2025, 12, 31), "language": "en"}
    return build_statement(customer=customer, **year | kwargs)


def received(payment: Payment, *when: int) -> Payment:
    payment.received_at = datetime(*when, tzinfo=AMMAN)  # type: ignore[arg-type, misc]
    payment.save()
    return payment


def test_a_year_is_told_line_by_line_with_what_came_before_in_the_opening_balance(shop: Merchant) -> None:
    old = make_bill(shop, due_date=date(2024, 12, 31), amount=Decimal("20"))
    received(take(old, "5"), 2024, 12, 31, 23, 30)
    bill = make_bill(shop, due_date=date(2025, 3, 10), amount=Decimal("100.500"))
    cash = received(take(bill, "60.250"), 2025, 3, 10, 9)
    make_bill(shop, due_date=date(2026, 1, 1), amount=Decimal("999"))

    statement = statement_of(bill.customer)

    assert statement.opening_balance == Decimal("15")
    assert [
        (line.on_date, line.label, line.number, line.charged, line.paid, line.balance) for line in statement.lines
    ] == [
        (date(2025, 3, 10), "Water Bill", bill.billing_no, Decimal("100.500"), 0, Decimal("115.500")),
        (date(2025, 3, 10), "Payment · Cash", cash.receipt_no or "", 0, Decimal("60.250"), Decimal("55.250")),
    ]
    assert statement.closing_balance == Decimal("55.250")
    assert statement.currency == "JOD"


def test_installments_count_once_they_were_asked_for_and_cancelled_bills_never(shop: Merchant) -> None:
    plan = make_subscription(shop, now=datetime(2025, 1, 1, 12, tzinfo=AMMAN))
    Installment.objects.filter(sequence__lte=2).update(status="INVOICED")
    cancelled = make_bill(shop, due_date=date(2025, 3, 10))
    cancel_bill(merchant_id=shop.pk, bill_id=cancelled.pk, reason="", actor="system", now=datetime.now(AMMAN))

    statement = statement_of(plan.customer)

    assert [line.label for line in statement.lines] == [
        "Installment 1 of 12 · iPhone 15 Pro Max",
        "Installment 2 of 12 · iPhone 15 Pro Max",
    ]
    assert [line.number for line in statement.lines] == [plan.subscription_no] * 2
    assert statement.closing_balance == Decimal("200")


def test_an_open_ended_plan_has_no_count(shop: Merchant) -> None:
    started = datetime(2025, 1, 1, 12, tzinfo=AMMAN)
    plan = make_subscription(shop, Subscription.Type.OPEN_ENDED, now=started)
    Installment.objects.filter(sequence=1).update(status="INVOICED")

    statement = statement_of(plan.customer)

    assert [line.label for line in statement.lines] == ["iPhone 15 Pro Max, payment 1"]


def test_payments_belong_to_the_merchants_own_day(shop: Merchant) -> None:
    bill = make_bill(shop, due_date=date(2025, 12, 1))
    received(take(bill, "10"), 2026, 1, 1, 0, 0)
    received(take(Bill.objects.get(), "20"), 2025, 12, 31, 23, 59)

    lines = statement_of(bill.customer).lines

    assert [(line.on_date, line.paid) for line in lines] == [(date(2025, 12, 1), 0), (date(2025, 12, 31), 20)]


def test_money_given_back_takes_its_charge_back_with_it_on_the_day_it_went(shop: Merchant) -> None:
    bill = make_bill(shop, due_date=date(2025, 3, 10), amount=Decimal("100"))
    first = received(take(bill, "40"), 2025, 3, 11, 9)
    last = received(take(Bill.objects.get(), "60"), 2025, 3, 12, 9)
    give_back(first, "40", 2025, 4, 2, 9)
    give_back(last, "60", 2025, 6, 1, 0, 30)

    statement = statement_of(bill.customer)

    told = [(line.on_date, line.label, line.number, line.charged, line.paid) for line in statement.lines]
    assert told[3:] == [
        (date(2025, 4, 2), "Refund", first.receipt_no, -40, -40),
        (date(2025, 6, 1), "Refund", last.receipt_no, -60, -60),
    ]
    assert len(statement.lines) == 5
    assert statement.closing_balance == 0


def test_money_given_back_of_an_earlier_payment_is_told_in_its_own_year(shop: Merchant) -> None:
    bill = make_bill(shop, due_date=date(2024, 3, 10), amount=Decimal("100"))
    payment = received(take(bill, "100"), 2024, 3, 10, 9)
    give_back(payment, "30", 2025, 1, 15, 9)

    before = statement_of(bill.customer, from_date=date(2024, 1, 1), to_date=date(2024, 12, 31))
    statement = statement_of(bill.customer)

    assert [line.label for line in before.lines] == ["Water Bill", "Payment · Cash"]
    assert [(line.on_date, line.charged, line.paid) for line in statement.lines] == [(date(2025, 1, 15), -30, -30)]
    assert (before.closing_balance, statement.opening_balance, statement.closing_balance) == (0, 0, 0)


def test_a_surplus_given_back_is_no_line_for_it_was_none_when_it_came(shop: Merchant) -> None:
    bill = make_bill(shop, due_date=date(2025, 3, 10), amount=Decimal("100"))
    payment = received(take(bill, "100"), 2025, 3, 10, 9)
    Payment.objects.update(amount=Decimal("130"), review_reason="OVERPAID")
    give_back(payment, "50", 2025, 4, 2, 9)

    statement = statement_of(bill.customer)

    assert [(line.charged, line.paid) for line in statement.lines] == [(100, 0), (0, 100), (-20, -20)]
    assert statement.closing_balance == 0


def test_what_a_cancelled_bill_had_taken_is_no_longer_paid_ahead_once_it_is_given_back(shop: Merchant) -> None:
    bill = make_bill(shop, due_date=date(2025, 3, 10), amount=Decimal("100"))
    payment = received(take(bill, "40"), 2025, 3, 10, 9)
    cancel_bill(merchant_id=shop.pk, bill_id=bill.pk, reason="", actor="system", now=datetime.now(AMMAN))
    assert statement_of(bill.customer).closing_balance == -40
    give_back(payment, "40", 2025, 4, 2, 9)

    statement = statement_of(bill.customer)

    assert [(line.on_date, line.charged, line.paid) for line in statement.lines] == [
        (date(2025, 3, 10), 0, 40),
        (date(2025, 4, 2), 0, -40),
    ]
    assert statement.closing_balance == 0


def test_what_is_beyond_the_longest_statement_is_in_its_opening_balance(shop: Merchant) -> None:
    for day in (1, 2, 3):
        bill = make_bill(shop, due_date=date(2025, 3, day), amount=Decimal(day))

    statement = statement_of(bill.customer, most_lines=2)

    assert [line.charged for line in statement.lines] == [2, 3]
    assert (statement.from_date, statement.opening_balance, statement.closing_balance) == (date(2025, 3, 2), 1, 6)


def test_it_is_told_in_the_language_asked_for(shop: Merchant) -> None:
    plan = make_subscription(shop, now=datetime(2025, 1, 1, 12, tzinfo=AMMAN))
    Installment.objects.filter(sequence=1).update(status="INVOICED")

    (line,) = statement_of(plan.customer, language="ar").lines

    assert line.label == "القسط 1 من 12 · iPhone 15 Pro Max"


def test_another_merchants_customer_with_the_same_phone_has_an_account_of_its_own(shop: Merchant) -> None:
    make_bill(shop, due_date=date(2025, 3, 10))
    theirs = make_bill(make_shop("elsewhere"), due_date=date(2025, 3, 10), amount=Decimal("7"))

    statement = statement_of(theirs.customer)

    assert [line.charged for line in statement.lines] == [Decimal("7")]


def test_it_takes_two_queries_however_long_it_is(shop: Merchant, django_assert_num_queries: Any) -> None:
    for day in range(1, 9):
        bill = make_bill(shop, due_date=date(2025, 3, day))
        give_back(received(take(bill, "1"), 2025, 3, day, 9), "1", 2025, 4, day, 9)
    customer = Customer.objects.select_related("merchant").get()

    with django_assert_num_queries(2):
        statement = statement_of(customer)

    assert len(statement.lines) == 24


@pytest.mark.parametrize("today", [date(2025, 12, 31), date(2024, 2, 29), date(2025, 2, 28), date(2026, 3, 1)])
def test_the_page_and_the_document_begin_on_the_same_day(shop: Merchant, today: date) -> None:
    for days in (364, 365, 366):
        bill = make_bill(shop, due_date=today - timedelta(days=days), amount=Decimal("10"))

    with override("en"):
        page = build_statement_rows(bill.customer, today=today, language="en")
        document = build_account(bill.customer, language="en", today=today, in_full=False)

    assert (page.since, page.opening) == (document.opening_day, document.opening_balance)
    assert len(page.rows) == len(document.lines) > 0
