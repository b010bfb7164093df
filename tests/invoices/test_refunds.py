"""Giving money back: never more than came in, with a second person where it is much, and known to the document."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Bill, Event, Merchant, User
from billing.services.second_persons import SecondPersonNeeded
from invoices.models import Payment, Refund
from invoices.services import refunds
from invoices.services.refunds import approve_refund, complete_refund, left_to_refund, reject_refund, request_refund
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import at_once, take
from tests.invoices.differences import find_differences
from tests.staff import make_staff

Status = Refund.Status


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(second_person_above=Decimal("50.000"))


@pytest.fixture
def cashier(merchant: Merchant) -> User:
    return make_staff(merchant, username="asks")


@pytest.fixture
def manager(merchant: Merchant) -> User:
    return make_staff(merchant, username="approves")


@pytest.fixture
def payment(merchant: Merchant) -> Payment:
    return take(make_bill(merchant, amount=Decimal("100.000")), "100")


def ask(payment: Payment, user: User, amount: str, method: Refund.Method = Refund.Method.CASH) -> Refund:
    return request_refund(
        merchant=payment.merchant,
        payment_id=payment.pk,
        amount=Decimal(amount),
        method=method,
        reason="bought by mistake",
        user=user,
        now=database_now(),
    )


def approve(refund: Refund, user: User) -> Refund:
    return approve_refund(merchant_id=refund.merchant_id, refund_id=refund.pk, user=user, now=database_now())


def reject(refund: Refund, user: User) -> Refund:
    return reject_refund(
        merchant_id=refund.merchant_id, refund_id=refund.pk, reason="no", user=user, now=database_now()
    )


def give_back(refund: Refund, user: User, reference: str = "") -> Refund:
    return complete_refund(
        merchant_id=refund.merchant_id, refund_id=refund.pk, reference=reference, user=user, now=database_now()
    )


def refund_differences() -> list[tuple[str, str]]:
    """Of the bills nobody invoiced the audit rightly says so."""
    found = find_differences(now=database_now())
    return [(each.subject, each.problem) for each in found if "refund" in each.problem or "given back" in each.problem]


@pytest.mark.django_db
class TestOneRefund:
    def test_a_small_one_needs_nobody_else(self, payment: Payment, cashier: User) -> None:
        refund = ask(payment, cashier, "50")

        give_back(refund, cashier)

        bill = Bill.objects.get()
        refund.refresh_from_db()
        assert (refund.status, refund.settled_amount) == (Status.DONE, Decimal("50.000"))
        assert (bill.status, bill.amount_paid, bill.amount_refunded) == ("PAID", Decimal(100), Decimal(50))
        assert bill.amount_due == 0
        assert refund_differences() == []

    def test_a_large_one_waits_for_another_person(self, payment: Payment, cashier: User, manager: User) -> None:
        refund = ask(payment, cashier, "50.001")
        with pytest.raises(refunds.RefundNotApproved):
            give_back(refund, cashier)
        with pytest.raises(SecondPersonNeeded):
            approve(refund, cashier)
        refund.refresh_from_db()
        assert (refund.status, Bill.objects.get().amount_refunded) == (Status.REQUESTED, 0)

        approve(refund, manager)
        give_back(refund, cashier)

        assert Bill.objects.get().amount_refunded == Decimal("50.001")
        names = Event.objects.filter(subject="PAYMENT", subject_id=payment.pk).order_by("pk").values_list("name")
        assert [name for (name,) in names] == ["received", "refund_requested", "refund_approved", "refunded"]

    def test_a_limit_of_nothing_means_that_every_one_does(self, payment: Payment, cashier: User) -> None:
        Merchant.objects.update(second_person_above=0)

        refund = ask(Payment.objects.get(), cashier, "0.001")

        assert (refund.status, refund.needs_second_person) == (Status.REQUESTED, True)

    def test_the_database_refuses_a_second_person_who_is_the_first(self, payment: Payment, cashier: User) -> None:
        refund = ask(payment, cashier, "60")

        with pytest.raises(IntegrityError), transaction.atomic():
            Refund.objects.update(status=Status.APPROVED, decided_by=cashier, decided_at=database_now())

        refund.refresh_from_db()
        assert refund.status == Status.REQUESTED

    def test_more_than_is_left_is_refused(self, payment: Payment, cashier: User) -> None:
        ask(payment, cashier, "60")

        with pytest.raises(refunds.RefundTooLarge):
            ask(payment, cashier, "40.001")

        assert Refund.objects.count() == 1
        assert left_to_refund(payment) == Decimal("40.000")

    def test_what_was_rejected_can_be_asked_for_anew(self, payment: Payment, cashier: User, manager: User) -> None:
        rejected = reject(ask(payment, cashier, "100"), manager)

        again = ask(payment, cashier, "100")

        assert (rejected.status, again.status) == (Status.REJECTED, Status.REQUESTED)
        with pytest.raises(refunds.RefundDecided):
            approve(rejected, manager)
        with pytest.raises(refunds.RefundNotApproved):
            give_back(rejected, manager)

    def test_cash_is_not_given_back_at_the_gateway(self, payment: Payment, cashier: User) -> None:
        with pytest.raises(refunds.RefundMethodUnfit):
            ask(payment, cashier, "10", Refund.Method.GATEWAY)

        assert not Refund.objects.exists()

    def test_a_transfer_is_written_down_with_its_number(self, payment: Payment, cashier: User) -> None:
        refund = ask(payment, cashier, "10", Refund.Method.TRANSFER)
        with pytest.raises(refunds.ReferenceMissing):
            give_back(refund, cashier)
        assert Bill.objects.get().amount_refunded == 0

        give_back(refund, cashier, "CLIQ-7")

        assert Refund.objects.get().reference == "CLIQ-7"

    def test_a_second_click_gives_nothing_back_again(self, payment: Payment, cashier: User) -> None:
        refund = ask(payment, cashier, "10")
        give_back(refund, cashier)

        with pytest.raises(refunds.RefundNotApproved):
            give_back(refund, cashier)

        assert Bill.objects.get().amount_refunded == Decimal("10.000")

    def test_what_settled_nothing_goes_back_first(self, payment: Payment, cashier: User, manager: User) -> None:
        Payment.objects.update(amount=Decimal(120), review_reason="OVERPAID")
        surplus, rest = ask(payment, cashier, "15"), ask(payment, manager, "45")

        for refund in (surplus, rest):
            give_back(refund, manager)

        assert [refund.settled_amount for refund in (surplus, rest)] == [0, Decimal("40.000")]
        assert Bill.objects.get().amount_refunded == Decimal("40.000")
        assert refund_differences() == []

    def test_an_installment_knows_too_and_is_not_owed_again(self, merchant: Merchant, cashier: User) -> None:
        plan = make_subscription(merchant, "CUSTOM_SCHEDULE")
        payment = take(plan.installments.get(sequence=1), "300")

        give_back(ask(payment, cashier, "50"), cashier)

        installment = plan.installments.get(sequence=1)
        assert (installment.status, installment.amount_refunded) == ("PAID", Decimal("50.000"))
        assert installment.amount_due == 0
        assert refund_differences() == []

    def test_a_payment_of_another_merchant_does_not_exist(self, payment: Payment, cashier: User) -> None:
        stranger = make_merchant("stranger")

        with pytest.raises(Payment.DoesNotExist):
            request_refund(
                merchant=stranger,
                payment_id=payment.pk,
                amount=Decimal(1),
                method=Refund.Method.CASH,
                reason="x",
                user=cashier,
                now=database_now(),
            )

        assert not Refund.objects.exists()


@pytest.mark.django_db
class TestTheAudit:
    def test_a_refund_the_bill_does_not_know_is_found(self, payment: Payment, cashier: User) -> None:
        give_back(ask(payment, cashier, "10"), cashier)
        Bill.objects.update(amount_refunded=Decimal(9))

        assert refund_differences() == [("Bill", "its refunds do not sum to what it says was refunded")]

    def test_a_refunded_bill_without_a_refund_is_found(self, payment: Payment) -> None:
        Bill.objects.update(amount_refunded=Decimal(9))

        assert refund_differences() == [("Bill", "its refunds do not sum to what it says was refunded")]

    def test_more_given_back_than_came_in_is_found(self, payment: Payment, cashier: User) -> None:
        ask(payment, cashier, "40")
        Refund.objects.update(amount=Decimal("100.001"), settled_amount=Decimal("100.001"))

        assert refund_differences() == [("Payment", "more of it is given back than came in")]

    def test_a_surplus_given_back_twice_is_found(self, payment: Payment, cashier: User) -> None:
        Payment.objects.update(amount=Decimal(120), review_reason="OVERPAID")
        ask(payment, cashier, "15"), ask(payment, cashier, "20")
        Refund.objects.update(settled_amount=0)

        assert refund_differences() == [("Payment", "more of it is given back than came in")]

    def test_a_refund_nobody_was_told_of_is_found(self, payment: Payment, cashier: User) -> None:
        give_back(ask(payment, cashier, "10"), cashier)
        Event.objects.filter(subject="PAYMENT", name="refunded").delete()

        found = find_differences(now=database_now())

        assert ("Refund", "I11") in [(each.subject, each.invariant) for each in found]


STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "approve", "reject", "give back"]), st.integers(1, 90_000), st.integers(0, 3)),
    max_size=14,
)


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(amount=st.integers(1, 150_000), steps=STEPS)
def test_whatever_is_asked_the_sums_hold(
    amount: int, steps: list[tuple[str, int, int]], merchant: Merchant, cashier: User, manager: User
) -> None:
    with transaction.atomic():
        payment = take(make_bill(merchant, amount=Decimal(100)), "100")
        Payment.objects.update(amount=max(Decimal(100), Decimal(amount) / 1000), review_reason="OVERPAID")
        payment.refresh_from_db()
        made: list[Refund] = []

        for step, thousandths, which in steps:
            refund = made[which % len(made)] if made else None
            acts: dict[str, Any] = {"approve": approve, "reject": reject, "give back": give_back}
            try:
                if step == "ask":
                    made.append(ask(payment, cashier, str(Decimal(thousandths) / 1000)))
                elif refund is not None:
                    acts[step](refund, manager)
            except DomainError:
                continue

        done = payment.refunds.filter(status=Status.DONE)
        given_back = sum((refund.amount for refund in done), Decimal(0))
        surplus = payment.amount - payment.applied_amount
        assert given_back <= payment.amount
        assert left_to_refund(payment) >= 0
        assert Bill.objects.get().amount_refunded >= given_back - surplus
        assert refund_differences() == []
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_of_two_requests_for_all_of_it_one_is_made(self, payment: Payment, cashier: User) -> None:
        if connection.vendor == "sqlite":
            pytest.skip("SQLite runs writers one after another")

        failures = at_once(lambda: ask(payment, cashier, "100"), lambda: ask(payment, cashier, "100"))

        assert [type(failure) for failure in failures] == [refunds.RefundTooLarge]
        assert Refund.objects.count() == 1

    def test_of_two_approvals_and_two_payouts_one_counts(self, payment: Payment, cashier: User, manager: User) -> None:
        if connection.vendor == "sqlite":
            pytest.skip("SQLite runs writers one after another")
        refund = ask(payment, cashier, "100")

        approvals = at_once(lambda: approve(refund, manager), lambda: approve(refund, manager))
        payouts = at_once(lambda: give_back(refund, manager), lambda: give_back(refund, cashier))

        assert [type(failure) for failure in approvals] == [refunds.RefundDecided]
        assert [type(failure) for failure in payouts] == [refunds.RefundNotApproved]
        assert Bill.objects.get().amount_refunded == Decimal("100.000")
        assert Event.objects.filter(subject="PAYMENT", name="refunded").count() == 1
        assert refund_differences() == []
