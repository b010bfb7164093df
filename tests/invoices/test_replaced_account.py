"""A replaced gateway account: it keeps what it has sent, and sends nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from billing.clock import database_now
from invoices.gateway.errors import Unavailable
from invoices.models import GatewayAccount, Invoice
from invoices.sandbox.models import FaultKind
from invoices.services.accounts import replace_account
from invoices.services.issuing_for_all import issue_for_all
from invoices.services.pushing.due_accounts import accounts_to_push
from tests.factories import make_bill
from tests.invoices.acts import end, look, look_until_sure, lose_leases
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery


@pytest.fixture
def waiting(shop: SandboxedMerchant) -> Invoice:
    make_bill(shop.merchant)
    shop.issue()
    return Invoice.objects.get()


def assert_goes_out_through(successor: SandboxedMerchant, invoice: Invoice) -> None:
    issue_for_all(now=database_now())
    Invoice.objects.update(next_attempt_at=database_now())

    assert successor.push() == 1
    invoice.refresh_from_db()
    assert (invoice.gateway_account_id, invoice.delivery) == (successor.account.pk, Delivery.SENT)
    assert successor.at_gateway(invoice).reference_number == invoice.reference


def test_a_closed_account_sends_nothing_and_what_waited_goes_out_through_the_next(
    shop: SandboxedMerchant, waiting: Invoice, live_server: Any
) -> None:
    replace_account(merchant_id=shop.merchant.pk, account_id=shop.account.pk, actor="user:1", now=database_now())

    assert accounts_to_push(now=database_now()) == []
    assert shop.push() == 0
    waiting.refresh_from_db()
    assert waiting.delivery == Delivery.NEW
    assert shop.book()["totals"]["create_calls"] == 0

    assert_goes_out_through(connect_to_sandbox(shop.merchant, base_url=live_server.url), waiting)


def test_a_call_that_may_have_been_made_is_asked_about_at_its_own_account(
    shop: SandboxedMerchant, waiting: Invoice, live_server: Any
) -> None:
    shop.claim()
    successor = connect_to_sandbox(shop.merchant, base_url=live_server.url)
    lose_leases()
    assert successor.push() == 0

    look_until_sure(shop)

    assert shop.book()["totals"]["create_calls"] == 0
    assert_goes_out_through(successor, waiting)


def test_a_call_that_reached_nobody_is_repeated_through_the_next_account(
    shop: SandboxedMerchant, waiting: Invoice, live_server: Any
) -> None:
    (call,) = shop.claim()
    successor = connect_to_sandbox(shop.merchant, base_url=live_server.url)

    end(call, Unavailable("no route"))

    assert_goes_out_through(successor, waiting)


def test_what_a_replaced_account_may_have_sent_is_asked_about_there(
    shop: SandboxedMerchant, unknown: Invoice, live_server: Any
) -> None:
    successor = connect_to_sandbox(shop.merchant, base_url=live_server.url)
    issue_for_all(now=database_now())

    assert look(shop) == 1

    unknown.refresh_from_db()
    assert (unknown.gateway_account_id, unknown.delivery) == (shop.account.pk, Delivery.SENT)
    assert successor.push() == 0


def test_what_it_never_made_goes_out_through_the_next(
    shop: SandboxedMerchant, waiting: Invoice, live_server: Any
) -> None:
    shop.fault(FaultKind.REFUSED_500, count=1)
    shop.push()
    successor = connect_to_sandbox(shop.merchant, base_url=live_server.url)
    look_until_sure(shop)
    waiting.refresh_from_db()
    assert waiting.delivery == Delivery.NEW

    assert_goes_out_through(successor, waiting)
    assert GatewayAccount.objects.current().get() == successor.account
