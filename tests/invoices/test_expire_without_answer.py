"""A link past its day: two local days later it is dead for certain, also where nobody can ask the gateway."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from billing.clock import database_now
from billing.models import Bill, Merchant
from invoices.models import GatewayAccount, Invoice, Payment
from invoices.sandbox.models import FaultKind
from invoices.services import sweeps
from invoices.services.awaited_calls import AccountIsParked
from invoices.services.issuing import renew_invoice
from tests.invoices.acts import poll, take
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db(transaction=True)

Status = Invoice.Status


def park(shop: SandboxedMerchant, base_url: str) -> None:
    GatewayAccount.objects.update(parked_at=database_now(), parked_reason="revoked")


def park_and_replace(shop: SandboxedMerchant, base_url: str) -> None:
    park(shop, base_url)
    connect_to_sandbox(shop.merchant, base_url=base_url)


def lose_enquiries(shop: SandboxedMerchant, base_url: str) -> None:
    GatewayAccount.objects.update(can_enquire=False)


nobody_can_ask = pytest.mark.parametrize(
    "make_it_so", [park, park_and_replace, lose_enquiries], ids=lambda way: way.__name__
)
Way = Callable[[SandboxedMerchant, str], None]


def let_it_expire(*, days_ago: int) -> None:
    Invoice.objects.update(expires_on=database_now().date() - timedelta(days=days_ago))


@nobody_can_ask
def test_an_invoice_nobody_can_ask_about_expires_and_is_renewed(
    shop: SandboxedMerchant, sent: Invoice, live_server: Any, make_it_so: Way
) -> None:
    make_it_so(shop, live_server.url)
    let_it_expire(days_ago=4)

    assert sweeps.tidy(now=database_now())["expired"] == 1

    sent.refresh_from_db()
    assert (sent.status, sent.next_cancel_at) == (Status.EXPIRED, None)
    renewed = renew_invoice(payable=Bill.objects.get(), actor="user:1", now=database_now())
    assert (renewed.issue_no, renewed.amount) == (2, sent.amount)
    assert sweeps.tidy(now=database_now())["expired"] == 0


@nobody_can_ask
def test_cash_can_be_taken_once_it_has_expired(
    shop: SandboxedMerchant, sent: Invoice, live_server: Any, make_it_so: Way
) -> None:
    make_it_so(shop, live_server.url)
    shop.fault(FaultKind.UNAUTHORIZED, applies_to="ALL")
    let_it_expire(days_ago=4)

    sweeps.tidy(now=database_now())
    payment = take(Bill.objects.get(), "100")

    assert payment.applied_amount == sent.amount
    assert Bill.objects.get().status == Bill.Status.PAID


def test_one_that_was_to_be_cancelled_expires_too(shop: SandboxedMerchant, sent: Invoice) -> None:
    GatewayAccount.objects.update(parked_at=database_now())
    Invoice.objects.update(cancel_requested_at=database_now(), next_cancel_at=database_now())
    let_it_expire(days_ago=4)

    sweeps.tidy(now=database_now())

    sent.refresh_from_db()
    assert sent.status == Status.EXPIRED
    assert renew_invoice(payable=Bill.objects.get(), actor="user:1", now=database_now()).issue_no == 2


@pytest.mark.parametrize(("days_ago", "status"), [(0, Status.OPEN), (1, Status.OPEN), (3, Status.EXPIRED)])
def test_nothing_expires_unasked_before_the_third_day(
    shop: SandboxedMerchant, sent: Invoice, days_ago: int, status: str
) -> None:
    GatewayAccount.objects.update(parked_at=database_now())
    let_it_expire(days_ago=days_ago)

    sweeps.tidy(now=database_now())

    sent.refresh_from_db()
    assert sent.status == status


def test_where_the_gateway_can_be_asked_it_is_asked(shop: SandboxedMerchant, sent: Invoice) -> None:
    shop.customer_pays(sent)
    let_it_expire(days_ago=30)

    assert sweeps.tidy(now=database_now())["expired"] == 0
    poll(shop)

    sent.refresh_from_db()
    assert (sent.status, Payment.objects.get().amount) == (Status.PAID, sent.amount)


@pytest.mark.parametrize("time_zone", ["Asia/Amman", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize(("days_ago", "status"), [(0, Status.OPEN), (1, Status.OPEN), (2, Status.EXPIRED)])
def test_an_unpaid_answer_expires_it_two_local_days_later(
    shop: SandboxedMerchant, sent: Invoice, time_zone: str, days_ago: int, status: str
) -> None:
    Merchant.objects.update(time_zone=time_zone)
    today = Merchant.objects.get().local_date(database_now())
    Invoice.objects.update(expires_on=today - timedelta(days=days_ago))

    poll(shop)

    sent.refresh_from_db()
    assert sent.status == status


def test_no_cash_is_taken_while_the_dead_links_account_cannot_be_called(shop: SandboxedMerchant, sent: Invoice) -> None:
    shop.fault(FaultKind.UNAUTHORIZED, applies_to="ALL")
    let_it_expire(days_ago=1)
    poll(shop)
    sweeps.tidy(now=database_now())

    with pytest.raises(AccountIsParked):
        take(Bill.objects.get(), "100")

    assert GatewayAccount.objects.get().parked_at is not None
    assert not Payment.objects.exists()
