"""What was paid too much settles something else of its customer: once, in every figure, and never twice."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal

import pytest

from billing.clock import database_now
from billing.models import Bill, Event, Merchant, User
from invoices.explaining.lines import all_lines
from invoices.explaining.scope import scope_of
from invoices.models import Credit, Payment, ReceiptEmail, ShiftEntry
from invoices.pages.earlier_payments import earlier_payments
from invoices.services.figures.open_rows import count_open
from invoices.services.shifts import open_shift
from invoices.services.statements import build_statement
from invoices.services.surplus import rest_of, to_review
from tests.factories import make_bill, make_subscription
from tests.invoices.credits.acts import ask_back, differences, figures, use

pytestmark = pytest.mark.django_db


class TestTheLedger:
    def test_it_settles_the_other_bill_and_no_money_is_counted_twice(
        self, merchant: Merchant, surplus: Payment, bill: Bill, cashier: User
    ) -> None:
        before = figures(merchant)
        open_shift(merchant=merchant, cashier=cashier, opening_float=Decimal(0), now=database_now())
        emails = ReceiptEmail.objects.count()

        credit = use(surplus, bill, "40", cashier)

        bill.refresh_from_db()
        surplus.refresh_from_db()
        assert (credit.status, credit.decided_by, credit.needs_second_person) == (Credit.Status.DONE, cashier, False)
        assert (bill.status, bill.amount_paid) == (Bill.Status.PAID, Decimal(40))
        assert (surplus.amount, surplus.applied_amount) == (Decimal(200), Decimal(100))
        assert rest_of(surplus).surplus == Decimal(60)
        assert figures(merchant) == before
        assert not ShiftEntry.objects.exists()
        assert ReceiptEmail.objects.count() == emails
        assert differences() == []

    def test_the_timeline_of_both_says_who_and_why(self, surplus: Payment, bill: Bill, cashier: User) -> None:
        use(surplus, bill, "40", cashier)

        of_payment = Event.objects.get(subject="PAYMENT", name="credited")
        of_bill = Event.objects.get(subject="BILL", subject_id=bill.pk, name="settled")
        assert (of_payment.details["reason"], of_payment.actor) == ("paid twice for water", f"user:{cashier.pk}")
        assert of_bill.actor == f"user:{cashier.pk}"
        for document in (bill, Bill.objects.get(pk=surplus.bill_id)):
            told = [line for line in all_lines(scope_of(document)) if line.detail == "paid twice for water"]
            assert [bill.billing_no in line.what for line in told] == [True]

    def test_the_customers_account_adds_up(
        self, merchant: Merchant, surplus: Payment, bill: Bill, cashier: User
    ) -> None:
        today = merchant.local_date(database_now())
        use(surplus, bill, "15", cashier)

        statement = build_statement(
            customer=surplus.customer, from_date=today - timedelta(days=999), to_date=today, language="en"
        )

        assert [(line.label, line.paid) for line in statement.lines if line.paid] == [
            ("Payment · Cash", Decimal(100)),
            ("From an overpayment", Decimal(15)),
        ]
        assert (statement.opening_balance, statement.closing_balance) == (0, Decimal(25))
        assert [line.balance for line in statement.lines][-1] == Decimal(25)

    def test_the_customer_sees_it_on_the_page_of_what_it_settled(
        self, surplus: Payment, bill: Bill, cashier: User
    ) -> None:
        use(surplus, bill, "15", cashier)

        (shown,) = earlier_payments(Bill.objects.get(pk=bill.pk), "en")

        assert shown.method == "From an overpayment"
        assert "15.000" in shown.money

    def test_an_installment_takes_a_part_and_owes_the_rest(
        self, merchant: Merchant, surplus: Payment, cashier: User
    ) -> None:
        installment = make_subscription(merchant, "CUSTOM_SCHEDULE").installments.get(sequence=1)

        use(surplus, installment, "50", cashier)

        installment.refresh_from_db()
        assert (installment.amount_paid, installment.amount_due) == (Decimal(50), Decimal(250))
        assert differences() == []

    def test_a_payment_whose_surplus_is_used_up_needs_no_look_any_more(
        self, merchant: Merchant, surplus: Payment, bill: Bill, cashier: User
    ) -> None:
        use(surplus, bill, "40", cashier)
        assert to_review(Payment.objects.all()).get() == surplus

        ask_back(surplus, cashier, "60")

        assert not to_review(Payment.objects.all()).exists()
        counted = count_open(merchant_ids=[merchant.pk], today=merchant.local_date(database_now()), zone=UTC)
        names = {each.name: (each.count, each.amount) for each in counted}
        assert "TO_REVIEW" not in names
        assert names["REFUNDS_TO_APPROVE"] == (1, Decimal(60))


class TestTheAudit:
    def test_more_used_than_was_left_over_is_found(self, surplus: Payment, bill: Bill, cashier: User) -> None:
        use(surplus, bill, "40", cashier)
        Payment.objects.filter(pk=surplus.pk).update(amount=Decimal("139.999"))

        assert differences() == [("Payment", "more of it is used for something else than was left over")]

    def test_a_bill_that_does_not_know_it_is_found(self, surplus: Payment, bill: Bill, cashier: User) -> None:
        use(surplus, bill, "15", cashier)
        Bill.objects.filter(pk=bill.pk).update(amount_paid=Decimal(14))

        assert differences() == [("Bill", "its payments do not sum to what it says was paid")]

    def test_another_customers_bill_is_found(self, merchant: Merchant, surplus: Payment, cashier: User) -> None:
        use(surplus, make_bill(merchant, amount=Decimal(40)), "40", cashier)
        neighbour = make_bill(merchant, customer_phone="0777000000").customer
        Bill.objects.filter(pk=Credit.objects.get().bill_id).update(customer=neighbour)

        assert ("Credit", "it settles what another customer owes") in differences()
