"""What was paid too much settles something else of its customer: once, in every figure, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from billing.clock import database_now
from billing.errors import DomainError
from billing.models import Bill, Event, Merchant, User
from billing.services import cancel_bill
from billing.services.second_persons import SecondPersonNeeded
from invoices.explaining.lines import all_lines
from invoices.explaining.scope import scope_of
from invoices.models import Credit, Payment, ReceiptEmail, Refund, ShiftEntry
from invoices.pages.earlier_payments import earlier_payments
from invoices.policy import GatewayPolicy
from invoices.reports.collected import collected_by_method, collected_by_user
from invoices.services import credits, settling
from invoices.services.credits import approve_credit, reject_credit, request_credit
from invoices.services.figures.months import count_months
from invoices.services.figures.open_rows import count_open
from invoices.services.generation.catching_up import apply_verdict
from invoices.services.payables import Payable
from invoices.services.refunds import RefundTooLarge, complete_refund, left_to_refund, request_refund
from invoices.services.shifts import open_shift
from invoices.services.statements import build_statement
from invoices.services.surplus import Rest, rest_of, to_review
from subscriptions.changes import CancelNow, SettleEarly
from subscriptions.missed import Verdict
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.acts import at_once, take
from tests.invoices.differences import find_differences
from tests.invoices.reports.books import span_of
from tests.staff import make_staff
from tests.subscriptions.plans import change

pytestmark = pytest.mark.django_db

Status = Credit.Status


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(second_person_above=Decimal("50.000"), sends_receipts=True)


@pytest.fixture
def cashier(merchant: Merchant) -> User:
    return make_staff(merchant, username="asks")


@pytest.fixture
def manager(merchant: Merchant) -> User:
    return make_staff(merchant, username="approves")


@pytest.fixture
def surplus(merchant: Merchant) -> Payment:
    """200 came for a bill over 100."""
    payment = take(make_bill(merchant, amount=Decimal(100)), "100")
    Payment.objects.update(amount=Decimal(200), review_reason="OVERPAID")
    return Payment.objects.get(pk=payment.pk)


@pytest.fixture
def bill(merchant: Merchant) -> Bill:
    return make_bill(merchant, amount=Decimal(40), service_type="Gas")


def use(payment: Payment, payable: Payable, amount: str, user: User) -> Credit:
    return request_credit(
        payment=payment,
        payable=payable,
        amount=Decimal(amount),
        reason="paid twice for water",
        user=user,
        policy=GatewayPolicy.from_settings(),
        now=database_now(),
    )


def approve(credit: Credit, user: User) -> Credit:
    policy = GatewayPolicy.from_settings()
    return approve_credit(
        merchant_id=credit.merchant_id, credit_id=credit.pk, user=user, policy=policy, now=database_now()
    )


def reject(credit: Credit, user: User) -> Credit:
    return reject_credit(
        merchant_id=credit.merchant_id, credit_id=credit.pk, reason="no", user=user, now=database_now()
    )


def ask_back(payment: Payment, user: User, amount: str) -> Refund:
    return request_refund(
        merchant=payment.merchant,
        payment_id=payment.pk,
        amount=Decimal(amount),
        method=Refund.Method.CASH,
        reason="wants it back",
        user=user,
        now=database_now(),
    )


def differences() -> list[tuple[str, str]]:
    """Nobody invoiced these bills, which the audit rightly says."""
    found = find_differences(now=database_now())
    return [(each.subject, each.problem) for each in found if each.invariant not in {"I3", "I10"}]


@contextmanager
def nothing_changes() -> Iterator[None]:
    def state() -> Any:
        rows = [Bill, Credit, Payment, Event]
        return [list(model.objects.order_by("pk").values()) for model in rows]  # type: ignore[attr-defined]

    before = state()
    yield
    assert state() == before


def figures(merchant: Merchant) -> Any:
    """Everything that tells how much money came in."""
    today, span = merchant.local_date(database_now()), span_of(merchant)
    months = count_months(merchant_ids=[merchant.pk], today=today, zone=span.zone)
    collected = [each for each in months if each.kind == "COLLECTED"]
    return collected_by_method(span).rows, collected_by_user(span).rows, collected, Payment.objects.count()


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
        assert (credit.status, credit.decided_by, credit.needs_second_person) == (Status.DONE, cashier, False)
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


class TestWhatIsCancelledAfterwards:
    """A debt that is not owed any more gives back what was used for it."""

    def test_what_was_used_for_it_is_there_again(self, merchant: Merchant, surplus: Payment, cashier: User) -> None:
        today = merchant.local_date(database_now())
        cancelled = make_bill(merchant, amount=Decimal(100))
        use(surplus, cancelled, "30", cashier)
        use(surplus, make_bill(merchant, amount=Decimal(50)), "50", cashier)
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

        refund = ask_back(surplus, cashier, "30")
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
