"""A surplus that settles something whose payment link is out: the link dies first, and money on its way wins."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.clock import database_now
from billing.models import Bill, Merchant, User
from invoices.models import Credit, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services.credits import request_credit
from invoices.services.settling import LinkStillLive, PaidOnline
from tests.factories import make_bill
from tests.invoices.acts import take, tidy_later
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant
from tests.staff import make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cashier(shop: SandboxedMerchant) -> User:
    return make_staff(shop.merchant, username="asks")


@pytest.fixture
def surplus(shop: SandboxedMerchant, sent: Invoice) -> Payment:
    Merchant.objects.update(second_person_above=Decimal(1000))
    payment = take(make_bill(shop.merchant, amount=Decimal(1)), "1")
    Payment.objects.update(amount=Decimal(101), review_reason="OVERPAID")
    return Payment.objects.select_related("merchant").get(pk=payment.pk)


def use(payment: Payment, sent: Invoice, amount: str, user: User) -> Credit:
    return request_credit(
        payment=payment,
        payable=Bill.objects.get(pk=sent.bill_id),
        amount=Decimal(amount),
        reason="paid too much for water",
        user=user,
        policy=GatewayPolicy.from_settings(),
        now=database_now(),
    )


def test_the_link_is_dead_before_and_a_new_one_asks_for_the_rest(
    shop: SandboxedMerchant, sent: Invoice, surplus: Payment, cashier: User
) -> None:
    use(surplus, sent, "40", cashier)
    tidy_later()

    assert shop.at_gateway(sent).status == 3
    assert Invoice.objects.live().get(bill=sent.bill_id).amount == Decimal(60)
    assert [each for each in find_differences(now=database_now()) if each.invariant == "I6"] == []


def test_while_the_link_lives_nothing_is_used(
    shop: SandboxedMerchant, sent: Invoice, surplus: Payment, cashier: User
) -> None:
    shop.fault(FaultKind.REFUSED_500, applies_to="CANCEL")

    with pytest.raises(LinkStillLive):
        use(surplus, sent, "40", cashier)

    assert not Credit.objects.exists()
    assert Bill.objects.get(pk=sent.bill_id).amount_paid == 0


def test_money_that_came_through_the_link_meanwhile_is_booked_and_nothing_is_used(
    shop: SandboxedMerchant, sent: Invoice, surplus: Payment, cashier: User
) -> None:
    shop.customer_pays(sent)

    with pytest.raises(PaidOnline):
        use(surplus, sent, "40", cashier)

    bill = Bill.objects.get(pk=sent.bill_id)
    assert (bill.status, Payment.objects.filter(bill=bill).get().method) == (Bill.Status.PAID, "GATEWAY")
    assert not Credit.objects.exists()
