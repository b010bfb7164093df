"""More than is left over or owed, somebody else's debt, what changed meanwhile: refused, and nothing is used."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Bill, Merchant, User
from invoices.models import Credit, Payment
from invoices.services import credits, settling
from invoices.services.refunds import RefundTooLarge, complete_refund, left_to_refund
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import at_once
from tests.invoices.credits.acts import ask_back, differences, nothing_changes, use

pytestmark = pytest.mark.django_db


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("amount", "refusal"), [("40.001", settling.MoreThanOwed), ("100.001", credits.CreditTooLarge)]
    )
    def test_more_than_is_owed_or_left_over(
        self, merchant: Merchant, surplus: Payment, bill: Bill, cashier: User, amount: str, refusal: type[DomainError]
    ) -> None:
        large = make_bill(merchant, amount=Decimal(500))

        with nothing_changes(), pytest.raises(refusal):
            use(surplus, bill if refusal is settling.MoreThanOwed else large, amount, cashier)

    def test_what_somebody_else_owes(self, merchant: Merchant, surplus: Payment, cashier: User) -> None:
        of_neighbour = make_bill(merchant, customer_phone="0777000000")
        of_stranger = make_bill(make_merchant("stranger"))

        for theirs in (of_neighbour, of_stranger):
            with nothing_changes(), pytest.raises(credits.CreditOfAnother):
                use(surplus, theirs, "1", cashier)

    def test_another_currency(self, surplus: Payment, bill: Bill, cashier: User) -> None:
        Bill.objects.filter(pk=bill.pk).update(currency="KWD")

        with nothing_changes(), pytest.raises(credits.CreditOfAnother):
            use(surplus, Bill.objects.get(pk=bill.pk), "1", cashier)

    def test_what_was_used_is_not_given_back_and_the_other_way_round(
        self, merchant: Merchant, surplus: Payment, bill: Bill, cashier: User, manager: User
    ) -> None:
        large = make_bill(merchant, amount=Decimal(500))
        use(surplus, bill, "40", cashier)
        assert left_to_refund(surplus) == Decimal(160)
        with nothing_changes(), pytest.raises(RefundTooLarge):
            ask_back(surplus, cashier, "160.001")
        ask_back(surplus, cashier, "50")

        with nothing_changes(), pytest.raises(credits.CreditTooLarge):
            use(surplus, large, "10.001", cashier)

        refund = ask_back(surplus, manager, "30")
        given_back = complete_refund(
            merchant_id=merchant.pk, refund_id=refund.pk, reference="", user=manager, now=database_now()
        )
        assert given_back.settled_amount == Decimal(20)
        assert differences() == []

    def test_what_was_looked_at_before_somebody_else_settled_it(
        self, surplus: Payment, bill: Bill, cashier: User
    ) -> None:
        seen = Bill.objects.get(pk=bill.pk)
        use(surplus, bill, "10", cashier)

        with nothing_changes(), pytest.raises(settling.ChangedMeanwhile):
            use(surplus, seen, "30", cashier)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_use_the_same_surplus_at_once_one_wins(
    merchant: Merchant, surplus: Payment, cashier: User, manager: User
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite runs writers one after another")
    Merchant.objects.update(second_person_above=Decimal(1000))
    targets = [make_bill(merchant, amount=Decimal(80)) for _ in range(2)]
    payment = Payment.objects.select_related("merchant").get(pk=surplus.pk)

    failures = at_once(lambda: use(payment, targets[0], "80", cashier), lambda: use(payment, targets[1], "80", manager))

    assert [type(failure) for failure in failures] == [credits.CreditTooLarge]
    assert Credit.objects.get().amount == Decimal(80)
    assert sorted(Bill.objects.filter(pk__in=[bill.pk for bill in targets]).values_list("amount_paid", flat=True)) == [
        0,
        Decimal(80),
    ]
    assert differences() == []
