"""After an outage what waited is sent at a pace, oldest first, whoever sends it, until nothing is left of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from billing.clock import database_now
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from tests.factories import make_bill
from tests.invoices.acts import poll
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery


def make_due(shop: SandboxedMerchant, count: int) -> None:
    for index in range(count):
        make_bill(shop.merchant, customer_phone=f"07900000{index:02d}")
    shop.issue()


def recover(**account: Any) -> None:
    """The gateway has been back for a while, and much waits."""
    now = database_now()
    GatewayAccount.objects.update(recovering_since=now - timedelta(hours=1), **account)


def let_the_pace_allow_more() -> None:
    GatewayAccount.objects.update(paced_until=database_now())


def open_the_breaker(shop: SandboxedMerchant, policy: GatewayPolicy) -> None:
    GatewayAccount.objects.update(consecutive_failures=5, breaker_open_until=database_now() + policy.breaker_pause)


def let_the_breakers_pause_pass() -> None:
    GatewayAccount.objects.update(breaker_open_until=database_now())


def test_the_probe_that_is_answered_begins_the_recovery(shop: SandboxedMerchant, policy: GatewayPolicy) -> None:
    make_due(shop, 3)
    open_the_breaker(shop, policy)
    let_the_breakers_pause_pass()

    shop.push()

    account = GatewayAccount.objects.get()
    assert set(Invoice.objects.values_list("delivery", flat=True)) == {Delivery.SENT}
    assert (account.breaker_open_until, account.consecutive_failures) == (None, 0)
    probe, first, second = DeliveryAttempt.objects.order_by("started_at")
    assert probe.finished_at is not None
    assert first.started_at > probe.finished_at
    assert second.started_at - first.started_at >= timedelta(milliseconds=500)  # about one a second to begin with


def test_an_answer_about_another_invoice_begins_it_too(
    shop: SandboxedMerchant, sent: Invoice, policy: GatewayPolicy
) -> None:
    open_the_breaker(shop, policy)
    let_the_breakers_pause_pass()

    assert poll(shop) == 1

    assert GatewayAccount.objects.get().recovering_since is not None


def test_a_failure_that_opened_no_breaker_is_followed_by_no_pace(shop: SandboxedMerchant) -> None:
    GatewayAccount.objects.update(consecutive_failures=3)
    make_due(shop, 3)

    shop.push()

    account = GatewayAccount.objects.get()
    assert (account.consecutive_failures, account.recovering_since) == (0, None)


def test_while_the_breaker_is_open_there_is_one_probe_a_pause(shop: SandboxedMerchant, policy: GatewayPolicy) -> None:
    make_due(shop, 9)
    shop.fault(FaultKind.ACCEPTED_500)
    open_the_breaker(shop, policy)
    let_the_breakers_pause_pass()

    claims = [len(shop.claim()) for _ in range(3)]

    assert claims == [1, 0, 0]
    account = GatewayAccount.objects.get()
    assert account.breaker_open_until is not None
    assert account.breaker_open_until > database_now() + policy.breaker_pause / 2


def test_a_probe_without_an_invoice_to_send_is_left_for_when_there_is_one(shop: SandboxedMerchant) -> None:
    let_the_breakers_pause_pass()
    before = GatewayAccount.objects.get().breaker_open_until

    assert shop.claim() == []

    assert GatewayAccount.objects.get().breaker_open_until == before


def test_the_pace_holds_for_all_workers_together(shop: SandboxedMerchant) -> None:
    make_due(shop, 5)
    recover(recovery_rate=1)

    claims = [len(shop.claim()) for _ in range(3)]
    let_the_pace_allow_more()
    later = len(shop.claim())

    assert (claims, later) == ([1, 0, 0], 1)


def test_the_oldest_go_first(shop: SandboxedMerchant) -> None:
    make_due(shop, 3)
    newest = Invoice.objects.order_by("-pk")[0]
    Invoice.objects.filter(pk=newest.pk).update(due_date=newest.due_date - timedelta(days=1))
    recover(recovery_rate=1)

    (call,) = shop.claim()

    assert call.invoice.id == newest.pk


def test_calls_begin_no_faster_than_the_accounts_rate(shop: SandboxedMerchant) -> None:
    make_due(shop, 6)
    recover(recovery_rate=5)

    assert shop.push() == 6

    begun = list(DeliveryAttempt.objects.order_by("started_at").values_list("started_at", flat=True))
    assert min(later - earlier for earlier, later in zip(begun, begun[2:], strict=False)) >= timedelta(seconds=0.2)


def test_an_account_without_a_rate_has_the_usual_one(shop: SandboxedMerchant, sandbox_settings: Any) -> None:
    sandbox_settings.GATEWAY_RECOVERY_RATE = 0.001
    make_due(shop, 5)
    recover()

    assert [len(shop.claim()) for _ in range(2)] == [1, 0]


def test_when_nothing_is_left_of_what_waited_the_pace_is_over(shop: SandboxedMerchant) -> None:
    make_due(shop, 2)
    recover(recovery_rate=500)

    shop.push()

    account = GatewayAccount.objects.get()
    assert (account.recovering_since, account.paced_until) == (None, None)
    make_bill(shop.merchant, customer_phone="0790000008")
    make_bill(shop.merchant, customer_phone="0790000009")
    shop.issue()
    assert len(shop.claim()) == 2


def test_questions_are_not_paced(shop: SandboxedMerchant, sent: Invoice) -> None:
    recover(recovery_rate=1, paced_until=database_now() + timedelta(hours=1))

    assert poll(shop) == 1
