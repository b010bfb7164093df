"""A debt that is not owed any more gives back what was used for it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.clock import database_now
from billing.models import Bill, Merchant, User
from billing.services import cancel_bill
from invoices.models import Payment
from invoices.pages.earlier_payments import earlier_payments
from invoices.services import settling
from invoices.services.generation.catching_up import apply_verdict
from invoices.services.statements import build_statement
from invoices.services.surplus import Rest, rest_of, to_review
from subscriptions.changes import CancelNow, SettleEarly
from subscriptions.missed import Verdict
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import take
from tests.invoices.credits.acts import approve, ask_back, differences, nothing_changes, use
from tests.subscriptions.plans import change

pytestmark = pytest.mark.django_db


class TestWhatIsCancelledAfterwards:
    """A debt that is not owed any more gives back what was used for it."""

    def test_what_was_used_for_it_is_there_again(
        self, merchant: Merchant, surplus: Payment, cashier: User, manager: User
    ) -> None:
        today = merchant.local_date(database_now())
        cancelled = make_bill(merchant, amount=Decimal(100))
        use(surplus, cancelled, "30", cashier)
        use(surplus, make_bill(merchant, amount=Decimal(50)), "50", manager)
        ask_back(surplus, cashier, "20")
        assert not to_review(Payment.objects.all()).exists()

        cancel_bill(merchant_id=merchant.pk, bill_id=cancelled.pk, reason="twice", actor="user:1", now=database_now())

        assert rest_of(surplus) == Rest(whole=Decimal(130), surplus=Decimal(30))
        assert to_review(Payment.objects.all()).get() == surplus
        assert earlier_payments(Bill.objects.get(pk=cancelled.pk), "en") == []
        statement = build_statement(
            customer=surplus.customer, from_date=today - timedelta(days=999), to_date=today, language="en"
        )
        assert sorted(line.paid for line in statement.lines if line.paid) == [Decimal(50), Decimal(100)]
        assert statement.closing_balance == 0
        use(surplus, make_bill(merchant, amount=Decimal(30)), "30", cashier)
        assert rest_of(surplus).surplus == 0
        assert differences() == []

    def test_a_part_of_an_installment_nobody_was_asked_for_is_there_again_once_its_plan_is_cancelled(
        self, merchant: Merchant, surplus: Payment, cashier: User
    ) -> None:
        plan = make_subscription(merchant, "CUSTOM_SCHEDULE")
        credited, paid_in_cash = plan.installments.filter(sequence__lte=2).order_by("sequence")
        use(surplus, credited, "50", cashier)
        cash = take(paid_in_cash, "70")
        change(plan, SettleEarly(), now=database_now())

        change(plan, CancelNow(), now=database_now())

        assert rest_of(surplus) == Rest(whole=Decimal(200), surplus=Decimal(100))
        assert to_review(Payment.objects.all()).get() == surplus
        # As of a bill that is cancelled, it can be given back.
        assert rest_of(cash) == Rest(whole=Decimal(70), surplus=Decimal(0))
        assert set(plan.installments.values_list("status", "amount_paid")) == {
            ("CANCELLED", Decimal(50)),
            ("CANCELLED", Decimal(70)),
            ("CANCELLED", Decimal(0)),
        }
        assert differences() == []
        use(surplus, make_bill(merchant, amount=Decimal(50)), "50", cashier)
        assert rest_of(surplus).surplus == Decimal(50)

    def test_a_part_of_a_period_that_is_skipped_is_there_again(
        self, merchant: Merchant, surplus: Payment, cashier: User
    ) -> None:
        missed = make_subscription(merchant, "OPEN_ENDED").installments.get(sequence=1)
        use(surplus, missed, "10", cashier)
        assert rest_of(surplus).surplus == Decimal(90)

        apply_verdict(merchant, Verdict(skip=[missed.pk]), now=database_now())

        assert rest_of(surplus).surplus == Decimal(100)
        assert differences() == []

    def test_what_was_only_asked_for_is_free_too_and_is_never_used(
        self, merchant: Merchant, surplus: Payment, cashier: User, manager: User
    ) -> None:
        plan = make_subscription(merchant, "CUSTOM_SCHEDULE")
        credit = use(surplus, plan.installments.get(sequence=1), "60", cashier)
        assert rest_of(surplus).surplus == Decimal(40)

        change(plan, CancelNow(), now=database_now())

        assert rest_of(surplus).surplus == Decimal(100)
        with nothing_changes(), pytest.raises(settling.MoreThanOwed):
            approve(credit, manager)
