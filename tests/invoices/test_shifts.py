"""A cashier's shift: what is taken by hand belongs to it, and what is counted is compared with what should be there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.clock import database_now
from billing.models import Merchant, User
from invoices.models import Payment, Refund, Shift, ShiftCount, ShiftEntry
from invoices.policy import GatewayPolicy
from invoices.services import shifts
from invoices.services.refunds import complete_refund, request_refund
from invoices.services.shifts import close_shift, expected_in, open_shift
from invoices.services.takings import take_payment
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import at_once
from tests.staff import make_staff

CASH, TRANSFER = Payment.Method.CASH, Payment.Method.TRANSFER


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(second_person_above=Decimal(1000))


@pytest.fixture
def cashier(merchant: Merchant) -> User:
    return make_staff(merchant, username="cashier-1")


@pytest.fixture
def shift(merchant: Merchant, cashier: User) -> Shift:
    return opened(merchant, cashier)


def opened(merchant: Merchant, cashier: User, start: str = "20") -> Shift:
    return open_shift(merchant=merchant, cashier=cashier, opening_float=Decimal(start), now=database_now())


def take(merchant: Merchant, user: User, amount: str, method: Payment.Method = CASH) -> Payment:
    return take_payment(
        payable=make_bill(merchant, amount=Decimal(amount)),
        method=method,
        amount=Decimal(amount),
        recorded_by=user,
        note="",
        policy=GatewayPolicy.from_settings(),
        now=database_now(),
    )


def give_back(payment: Payment, user: User, amount: str, method: Refund.Method = Refund.Method.CASH) -> Refund:
    refund = request_refund(
        merchant=payment.merchant,
        payment_id=payment.pk,
        amount=Decimal(amount),
        method=method,
        reason="returned",
        user=user,
        now=database_now(),
    )
    return complete_refund(
        merchant_id=refund.merchant_id, refund_id=refund.pk, reference="R-1", user=user, now=database_now()
    )


def close(shift: Shift, user: User, cash: str, transfer: str = "0", note: str = "", manages: bool = False) -> Shift:
    return close_shift(
        merchant_id=shift.merchant_id,
        shift_id=shift.pk,
        counted={CASH: Decimal(cash), TRANSFER: Decimal(transfer)},
        note=note,
        user=user,
        may_close_others=manages,
        now=database_now() + timedelta(hours=8),
    )


@pytest.mark.django_db
class TestOneShift:
    def test_it_should_hold_the_start_and_what_was_taken_less_what_was_given_back(
        self, merchant: Merchant, cashier: User, shift: Shift
    ) -> None:
        payment = take(merchant, cashier, "100")
        take(merchant, cashier, "30", TRANSFER)
        give_back(payment, cashier, "15.500")

        closed = close(shift, cashier, "104.500", "30")

        counts = {count.method: (count.expected, count.counted) for count in closed.counts.all()}
        assert counts == {"CASH": (Decimal("104.500"),) * 2, "TRANSFER": (Decimal("30.000"),) * 2}
        assert (closed.closed_by, closed.note) == (cashier, "")

    def test_what_others_take_and_what_comes_before_and_after_is_not_in_it(
        self, merchant: Merchant, cashier: User
    ) -> None:
        take(merchant, cashier, "1")
        shift = opened(merchant, cashier)
        take(merchant, make_staff(merchant, username="another"), "2")
        close(shift, cashier, "20")
        take(merchant, cashier, "4")

        assert not ShiftEntry.objects.exists()
        assert expected_in(shift)[CASH] == Decimal("20.000")

    def test_a_difference_needs_a_note(self, cashier: User, shift: Shift) -> None:
        with pytest.raises(shifts.DifferenceUnexplained):
            close(shift, cashier, "19.999")
        assert not ShiftCount.objects.exists()
        assert Shift.objects.get().is_open

        close(shift, cashier, "19.999", note="a coin is missing")

        assert ShiftCount.objects.get(method=CASH).counted == Decimal("19.999")

    def test_it_is_closed_once(self, cashier: User, shift: Shift) -> None:
        close(shift, cashier, "20")

        with pytest.raises(shifts.ShiftClosed):
            close(shift, cashier, "25", note="again")

        assert ShiftCount.objects.get(method=CASH).counted == Decimal("20.000")

    def test_a_cashier_has_one_at_a_time_for_each_merchant(
        self, merchant: Merchant, cashier: User, shift: Shift
    ) -> None:
        with pytest.raises(shifts.ShiftAlreadyOpen):
            opened(merchant, cashier)
        assert Shift.objects.count() == 1

        opened(make_merchant("other"), cashier)
        opened(merchant, make_staff(merchant, username="another"))
        close(shift, cashier, "20")
        opened(merchant, cashier)

        assert Shift.objects.filter(closed_at=None).count() == 3

    def test_another_cashier_does_not_close_it_and_a_manager_does(self, merchant: Merchant, shift: Shift) -> None:
        another = make_staff(merchant, username="another")
        with pytest.raises(shifts.ShiftOfAnother):
            close(shift, another, "20")
        assert Shift.objects.get().is_open

        close(shift, another, "20", manages=True)

        assert Shift.objects.get().closed_by == another

    def test_a_payment_is_in_one_shift_only(self, merchant: Merchant, cashier: User, shift: Shift) -> None:
        payment = take(merchant, cashier, "1")

        with pytest.raises(IntegrityError), transaction.atomic():
            ShiftEntry.objects.create(merchant=merchant, shift=shift, payment=payment)

        assert ShiftEntry.objects.count() == 1

    def test_a_refund_at_the_bank_lessens_the_transfers(self, merchant: Merchant, cashier: User, shift: Shift) -> None:
        payment = take(merchant, cashier, "10", TRANSFER)

        give_back(payment, cashier, "4", Refund.Method.TRANSFER)

        assert expected_in(shift) == {CASH: Decimal("20.000"), TRANSFER: Decimal("6.000")}


MOVES = st.lists(st.tuples(st.sampled_from([CASH, TRANSFER]), st.integers(2, 50_000), st.booleans()), max_size=6)


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_whatever_comes_and_goes_the_sums_hold(
    moves: list[tuple[Payment.Method, int, bool]], merchant: Merchant, cashier: User
) -> None:
    with transaction.atomic():
        shift = opened(merchant, cashier)
        should_be = {CASH: 20_000, TRANSFER: 0}
        for method, thousandths, comes_back in moves:
            payment = take(merchant, cashier, str(Decimal(thousandths) / 1000), method)
            should_be[method] += thousandths
            if comes_back:
                give_back(payment, cashier, str(Decimal(thousandths // 2) / 1000))
                should_be[CASH] -= thousandths // 2

        assert expected_in(shift) == {method: Decimal(sum_) / 1000 for method, sum_ in should_be.items()}
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    @pytest.fixture(autouse=True)
    def only_where_writers_run_side_by_side(self) -> None:
        if connection.vendor == "sqlite":
            pytest.skip("SQLite runs writers one after another")

    def test_of_two_openings_and_two_closings_one_counts(self, merchant: Merchant, cashier: User) -> None:
        openings = at_once(lambda: opened(merchant, cashier), lambda: opened(merchant, cashier))
        shift = Shift.objects.get()
        closings = at_once(lambda: close(shift, cashier, "20"), lambda: close(shift, cashier, "20"))

        assert [type(failure) for failure in openings] == [shifts.ShiftAlreadyOpen]
        assert [type(failure) for failure in closings] == [shifts.ShiftClosed]
        assert ShiftCount.objects.count() == 2

    def test_cash_taken_while_it_is_closed_is_counted_or_stays_outside(self, merchant: Merchant, cashier: User) -> None:
        shift = opened(merchant, cashier)
        acts: list[Callable[[], object]] = [
            lambda: take(merchant, cashier, "5"),
            lambda: close(shift, cashier, "20", note="whatever there is"),
        ]

        assert at_once(*acts) == []

        inside = sum(entry.payment.amount for entry in ShiftEntry.objects.all() if entry.payment)
        assert ShiftCount.objects.get(method=CASH).expected == Decimal("20.000") + inside
        assert Payment.objects.count() == 1
