"""A slot whose call has ended is filled again before the outcome is recorded, and the cap holds all the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.clock import database_now
from invoices.gateway.client import GatewayInvoice
from invoices.models import GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services.pushing.calls import Call, Ended
from invoices.services.pushing.claims import claim_due
from invoices.services.pushing.outcomes import record_outcomes
from tests.factories import make_bill
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery


@pytest.fixture(autouse=True)
def due(shop: SandboxedMerchant, sandbox_settings: Any) -> None:
    """More than the account's cap of four, and time enough for each call, however busy this machine is."""
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 20.0, 90.0
    GatewayAccount.objects.update(concurrency_limit=4)
    for index in range(12):
        make_bill(shop.merchant, customer_phone=f"07900000{index:02d}")
    shop.issue()


def claim(shop: SandboxedMerchant, *ended: Call, limit: int = 8) -> list[Call]:
    policy = GatewayPolicy.from_settings()
    return claim_due(wanted={shop.account.pk: limit}, ended=ended, policy=policy).calls


def created(call: Call) -> Ended:
    invoice = GatewayInvoice(
        gateway_id=f"id-{call.invoice.id}",
        token=f"token-{call.invoice.id}",
        url="https://gateway.example/1",
        reference=call.invoice.reference,
        amount=Decimal("150.500"),
        status=0,
        transaction_token=None,
        raw={"id": call.invoice.id},
    )
    return Ended(call=call, created=invoice)


def test_calls_that_have_ended_leave_their_slots_before_they_are_recorded(shop: SandboxedMerchant) -> None:
    first, second, *_ = claim(shop)

    assert len(claim(shop, first, second)) == 2


def test_another_worker_waits_until_they_are_recorded(shop: SandboxedMerchant, policy: GatewayPolicy) -> None:
    first, *_ = claim(shop)

    before = claim(shop)
    record_outcomes([created(first)], policy=policy, now=database_now())
    after = claim(shop)

    assert (len(before), len(after)) == (0, 1)


def test_an_ended_call_frees_no_slot_of_a_newer_claim_of_its_invoice(shop: SandboxedMerchant) -> None:
    first, *_ = claim(shop)
    Invoice.objects.filter(pk=first.invoice.id).update(lease_id="of another worker")

    assert claim(shop, first) == []


@pytest.mark.parametrize("fault", [FaultKind.UNAUTHORIZED, FaultKind.TOO_MANY])
def test_what_stops_an_account_is_recorded_before_more_is_sent(shop: SandboxedMerchant, fault: FaultKind) -> None:
    GatewayAccount.objects.update(concurrency_limit=1)
    shop.fault(fault, count=1)

    assert shop.push() == 1

    assert set(Invoice.objects.values_list("delivery", flat=True)) == {Delivery.NEW}
    assert shop.book()["totals"]["invoices"] == 0


def test_the_probe_of_a_broken_gateway_is_recorded_before_more_is_sent(shop: SandboxedMerchant) -> None:
    now = database_now()
    GatewayAccount.objects.update(consecutive_failures=5, breaker_open_until=now, recovery_rate=1_000)

    assert shop.push() == 12

    account = GatewayAccount.objects.get()
    assert (account.consecutive_failures, account.breaker_open_until) == (0, None)
    assert set(Invoice.objects.values_list("delivery", flat=True)) == {Delivery.SENT}


def test_one_claim_and_one_record_take_the_same_statements_for_one_as_for_many(
    shop: SandboxedMerchant, policy: GatewayPolicy
) -> None:
    def statements(count: int) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            calls = claim(shop, limit=count)
            record_outcomes([created(call) for call in calls], policy=policy, now=database_now())
        assert len(calls) == count
        return [query["sql"].split("(")[0].split("SET")[0] for query in queries]

    one, many = statements(1), statements(4)

    assert one == many
