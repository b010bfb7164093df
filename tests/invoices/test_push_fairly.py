"""One pushing task serves several accounts, and a gateway that hangs delays only its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from billing.clock import database_now
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services.pushing.delivery import push_due
from invoices.services.pushing.due_accounts import groups_to_push
from tests.factories import make_bill, make_merchant
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery


@pytest.fixture
def neighbour(shop: SandboxedMerchant, live_server: Any) -> SandboxedMerchant:
    return connect_to_sandbox(make_merchant("neighbour"), base_url=live_server.url)


@pytest.fixture
def patient(sandbox_settings: Any) -> Any:
    """Time enough for the quick ones, however busy this machine is, before the slow call is given up."""
    sandbox_settings.GATEWAY_DEADLINE, sandbox_settings.GATEWAY_LEASE = 8.0, 60.0
    return sandbox_settings


def make_due(shop: SandboxedMerchant, count: int) -> None:
    for index in range(count):
        make_bill(shop.merchant, customer_phone=f"07900000{index:02d}")
    shop.issue()


def push(*shops: SandboxedMerchant, seconds: float) -> int:
    policy = GatewayPolicy.from_settings()
    return push_due(account_ids=[shop.account.pk for shop in shops], policy=policy, seconds=seconds)


def deliveries(shop: SandboxedMerchant) -> list[str]:
    return sorted(Invoice.objects.filter(merchant=shop.merchant).values_list("delivery", flat=True))


def test_several_accounts_are_drained_by_one_task(shop: SandboxedMerchant, neighbour: SandboxedMerchant) -> None:
    make_due(shop, 3)
    make_due(neighbour, 2)

    assert push(shop, neighbour, seconds=20) == 5

    assert (deliveries(shop), deliveries(neighbour)) == ([Delivery.SENT] * 3, [Delivery.SENT] * 2)
    assert (len(shop.messages()), len(neighbour.messages())) == (3, 2)


@pytest.mark.once
def test_a_gateway_that_hangs_delays_no_other_also_when_the_time_is_up(
    shop: SandboxedMerchant, neighbour: SandboxedMerchant, patient: Any
) -> None:
    GatewayAccount.objects.filter(pk=shop.account.pk).update(concurrency_limit=1)
    make_due(shop, 2)
    make_due(neighbour, 20)
    shop.fault(FaultKind.ACCEPTED_SILENT, seconds=12)

    push(shop, neighbour, seconds=0.3)

    assert deliveries(neighbour) == [Delivery.SENT] * 20
    assert deliveries(shop) == [Delivery.NEW, Delivery.UNKNOWN]
    slow = DeliveryAttempt.objects.get(merchant=shop.merchant)
    quick = DeliveryAttempt.objects.filter(merchant=neighbour.merchant)
    assert slow.finished_at is not None
    assert not quick.filter(finished_at__gt=slow.finished_at).exists()


@pytest.mark.once
def test_an_account_whose_gateway_hangs_has_no_more_than_its_share_of_the_task(
    shop: SandboxedMerchant, neighbour: SandboxedMerchant, patient: Any
) -> None:
    GatewayAccount.objects.filter(pk=shop.account.pk).update(concurrency_limit=30)
    patient.PUSH_CALLS_AT_ONCE = 8
    make_due(shop, 8)
    make_due(neighbour, 8)
    shop.fault(FaultKind.ACCEPTED_SILENT, seconds=12)

    push(shop, neighbour, seconds=0.3)

    assert deliveries(shop) == [Delivery.NEW] * 4 + [Delivery.UNKNOWN] * 4
    assert deliveries(neighbour) == [Delivery.SENT] * 8


def test_another_workers_calls_count_against_the_cap(shop: SandboxedMerchant, neighbour: SandboxedMerchant) -> None:
    GatewayAccount.objects.filter(pk=shop.account.pk).update(concurrency_limit=2)
    make_due(shop, 5)
    make_due(neighbour, 1)
    assert len(shop.claim(limit=2)) == 2  # a worker that takes its time

    assert push(shop, neighbour, seconds=20) == 1

    assert deliveries(shop) == [Delivery.NEW] * 3 + [Delivery.SENDING] * 2


def test_one_account_that_cannot_be_called_keeps_none_from_being(
    shop: SandboxedMerchant, neighbour: SandboxedMerchant
) -> None:
    GatewayAccount.objects.filter(pk=shop.account.pk).update(secret_key="too short")
    make_due(shop, 1)
    make_due(neighbour, 1)

    assert push(shop, neighbour, seconds=20) == 1

    assert (deliveries(shop), deliveries(neighbour)) == ([Delivery.NEW], [Delivery.SENT])
    assert GatewayAccount.objects.get(pk=shop.account.pk).parked_at is not None


def test_accounts_are_pushed_in_groups_and_each_is_in_one(
    shop: SandboxedMerchant, neighbour: SandboxedMerchant, policy: GatewayPolicy
) -> None:
    make_due(shop, 2)
    make_due(neighbour, 2)
    now = database_now()

    together = groups_to_push(now=now, policy=policy)
    apart = groups_to_push(now=now, policy=replace(policy, calls_at_once=policy.concurrency))

    both = sorted([shop.account.pk, neighbour.account.pk])
    assert [sorted(group) for group in together] == [both]
    assert sorted(apart) == [[pk] for pk in both]


@pytest.mark.parametrize("column", ["paused_until", "breaker_open_until"])
def test_an_account_that_has_to_wait_wakes_nobody_until_then(
    shop: SandboxedMerchant, policy: GatewayPolicy, column: str
) -> None:
    make_due(shop, 1)
    now = database_now()
    GatewayAccount.objects.update(**{column: now + policy.breaker_pause})

    assert groups_to_push(now=now, policy=policy) == []
    assert groups_to_push(now=now + policy.breaker_pause, policy=policy) == [[shop.account.pk]]
