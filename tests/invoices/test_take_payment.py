"""Cash and transfers: the link dies first, and money that is already on its way is not taken twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.clock import database_now
from billing.models import Bill, User
from invoices.models import Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services.settling import LinkStillLive, MoreThanOwed, PaidOnline
from invoices.services.sweeps import tidy
from invoices.services.takings import take_payment
from tests.factories import make_bill, make_subscription
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cashier() -> User:
    return User.objects.create_user("cashier", is_staff=True)


@pytest.fixture
def bill(shop: SandboxedMerchant) -> Bill:
    made = make_bill(shop.merchant, amount=Decimal("100.000"))
    shop.issue()
    shop.push()
    return Bill.objects.get(pk=made.pk)


def take(bill: object, cashier: User, amount: str) -> Payment:
    return take_payment(
        payable=bill,
        method=Payment.Method.CASH,
        amount=Decimal(amount),
        recorded_by=cashier,
        note="at the counter",
        policy=GatewayPolicy.from_settings(),
        now=database_now(),
    )


def test_cash_cancels_the_link_and_settles_the_bill(shop: SandboxedMerchant, bill: Bill, cashier: User) -> None:
    payment = take(bill, cashier, "100")

    bill.refresh_from_db()
    invoice = Invoice.objects.get()
    assert (bill.status, payment.recorded_by) == (Bill.Status.PAID, cashier)
    assert (invoice.status, shop.at_gateway(invoice).status) == (Invoice.Status.CANCELLED, 3)
    assert find_differences(now=database_now()) == []


def test_a_part_in_cash_leaves_a_new_invoice_for_the_rest(shop: SandboxedMerchant, bill: Bill, cashier: User) -> None:
    take(bill, cashier, "40")
    tidy(now=database_now() + timedelta(minutes=3))

    rest = Invoice.objects.live().get()
    assert (rest.amount, rest.issue_no) == (Decimal(60), 2)
    assert find_differences(now=database_now()) == []


def test_more_than_is_owed_is_refused_and_nothing_changes(shop: SandboxedMerchant, bill: Bill, cashier: User) -> None:
    with pytest.raises(MoreThanOwed):
        take(bill, cashier, "100.001")

    assert Invoice.objects.get().cancel_requested_at is None
    assert not Payment.objects.exists()


def test_no_cash_is_taken_while_the_link_may_be_alive(shop: SandboxedMerchant, bill: Bill, cashier: User) -> None:
    shop.fault(FaultKind.REFUSED_500, applies_to="CANCEL")

    with pytest.raises(LinkStillLive):
        take(bill, cashier, "100")
    assert not Payment.objects.exists()

    shop.no_faults()
    take(bill, cashier, "100")
    assert Bill.objects.get().status == Bill.Status.PAID


def test_no_cash_is_taken_while_nobody_knows_whether_the_link_exists(shop: SandboxedMerchant, cashier: User) -> None:
    bill = make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.DROPPED, count=1)
    shop.push()

    with pytest.raises(LinkStillLive):
        take(bill, cashier, "1")

    assert not Payment.objects.exists()


def test_money_that_came_through_the_link_meanwhile_is_not_taken_again(
    shop: SandboxedMerchant, bill: Bill, cashier: User
) -> None:
    shop.customer_pays(Invoice.objects.get())

    with pytest.raises(PaidOnline):
        take(bill, cashier, "100")

    payment = Payment.objects.get()
    assert payment.method == Payment.Method.GATEWAY
    assert Bill.objects.get().status == Bill.Status.PAID
    assert find_differences(now=database_now()) == []


def test_cash_for_an_installment_completes_its_plan(shop: SandboxedMerchant, cashier: User) -> None:
    plan = make_subscription(shop.merchant, "CUSTOM_SCHEDULE")

    for installment in plan.installments.all():
        take(installment, cashier, "300")

    plan.refresh_from_db()
    assert plan.status == "COMPLETED"
    assert shop.issue() == 0
