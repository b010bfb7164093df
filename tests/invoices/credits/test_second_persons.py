"""Above the merchant's limit a surplus is used when a second person has said yes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.clock import database_now
from billing.models import Bill, Event, Merchant, User
from billing.services.second_persons import SecondPersonNeeded
from invoices.models import Credit, Payment
from invoices.services import credits, settling
from tests.factories import make_bill
from tests.invoices.acts import take
from tests.invoices.credits.acts import approve, differences, nothing_changes, reject, use

pytestmark = pytest.mark.django_db


Status = Credit.Status


class TestTheSecondPerson:
    @pytest.fixture
    def large(self, merchant: Merchant) -> Bill:
        return make_bill(merchant, amount=Decimal(80))

    def test_above_the_limit_nothing_is_used_before_somebody_else_approves(
        self, surplus: Payment, large: Bill, bill: Bill, cashier: User, manager: User
    ) -> None:
        credit = use(surplus, large, "80", cashier)
        assert (credit.status, Bill.objects.get(pk=large.pk).amount_paid) == (Status.REQUESTED, 0)
        with nothing_changes(), pytest.raises(credits.CreditTooLarge):
            use(surplus, bill, "20.001", cashier)
        with nothing_changes(), pytest.raises(SecondPersonNeeded):
            approve(credit, cashier)
        with pytest.raises(IntegrityError), transaction.atomic():
            Credit.objects.update(status="DONE", decided_by=cashier, decided_at=database_now())

        approve(credit, manager)

        large.refresh_from_db()
        assert large.status == Bill.Status.PAID
        names = Event.objects.filter(subject="PAYMENT", subject_id=surplus.pk).order_by("pk").values_list("name")
        assert [name for (name,) in names] == ["received", "credit_requested", "credited"]
        for decide in (approve, reject):
            with nothing_changes(), pytest.raises(credits.CreditDecided):
                decide(credit, manager)
        assert differences() == []

    def test_a_rejected_one_leaves_its_part_to_the_next(
        self, surplus: Payment, large: Bill, cashier: User, manager: User
    ) -> None:
        reject(use(surplus, large, "80", cashier), manager)

        again = use(surplus, large, "80", cashier)

        assert again.status == Status.REQUESTED
        assert Bill.objects.get(pk=large.pk).amount_paid == 0

    def test_one_that_is_more_than_is_owed_by_now_waits_for_its_rejection(
        self, surplus: Payment, large: Bill, cashier: User, manager: User
    ) -> None:
        credit = use(surplus, large, "80", cashier)
        take(Bill.objects.get(pk=large.pk), "1")

        with nothing_changes(), pytest.raises(settling.MoreThanOwed):
            approve(credit, manager)

    def test_an_owner_without_colleagues_approves_alone_and_that_stays_visible(
        self, surplus: Payment, large: Bill, cashier: User
    ) -> None:
        credit = approve(use(surplus, large, "80", cashier), cashier)

        assert (credit.status, credit.approved_alone) == (Status.DONE, True)
        assert Event.objects.filter(name="credited_alone", actor=f"user:{cashier.pk}").count() == 1
        assert differences() == []
