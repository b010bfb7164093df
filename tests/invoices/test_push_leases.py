"""Claims and their leases: a call is written down before it is made, and never made twice for one invoice."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from billing.clock import database_now
from invoices.gateway.errors import Rejected, Unavailable
from invoices.messages.wordings import Wordings
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import Operation, SandboxCall
from invoices.services.decisions import send_again
from invoices.services.gateways import client_for
from invoices.services.orders import order_of
from invoices.services.pushing.leases import WORKERS_LOST
from tests.factories import make_bill
from tests.invoices.acts import end, look, look_until_sure, lose_leases
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery


@pytest.fixture
def due(shop: SandboxedMerchant) -> Invoice:
    make_bill(shop.merchant)
    shop.issue()
    return Invoice.objects.get()


def make_due(shop: SandboxedMerchant, count: int) -> None:
    for index in range(count):
        make_bill(shop.merchant, customer_phone=f"07900000{index:02d}")
    shop.issue()


def test_a_claim_writes_its_calls_down(shop: SandboxedMerchant, due: Invoice, policy: GatewayPolicy) -> None:
    before = database_now()

    (call,) = shop.claim()

    due.refresh_from_db()
    attempt = DeliveryAttempt.objects.get()
    assert (due.delivery, due.attempts, due.lease_id) == (Delivery.SENDING, 1, call.lease_id)
    assert due.lease_until is not None
    assert due.lease_until - before >= policy.lease
    assert (attempt.pk, attempt.action, attempt.outcome) == (call.attempt_id, "CREATE", "STARTED")
    assert due.call_started_at == attempt.started_at


def test_a_second_worker_finds_nothing_while_the_lease_holds(shop: SandboxedMerchant, due: Invoice) -> None:
    shop.claim()

    assert shop.claim() == []
    assert shop.push() == 0
    assert DeliveryAttempt.objects.count() == 1


def test_the_oldest_are_claimed_first(shop: SandboxedMerchant) -> None:
    make_due(shop, 4)
    newest, *_ = Invoice.objects.order_by("-pk")
    Invoice.objects.filter(pk=newest.pk).update(due_date=newest.due_date - timedelta(days=1))

    first, second = shop.claim(limit=2)

    assert first.invoice.id == newest.pk
    assert second.invoice.id == Invoice.objects.order_by("pk").values_list("pk", flat=True)[0]


def test_the_cap_holds_for_all_workers_together(shop: SandboxedMerchant) -> None:
    GatewayAccount.objects.update(concurrency_limit=3)
    make_due(shop, 9)

    claims = [len(shop.claim()) for _ in range(3)]

    assert claims == [3, 0, 0]


def test_a_call_whose_worker_died_is_asked_about_and_then_sent_once(shop: SandboxedMerchant, due: Invoice) -> None:
    shop.claim()

    lose_leases()

    due.refresh_from_db()
    assert (due.delivery, due.lost_leases) == (Delivery.UNKNOWN, 1)
    assert shop.push() == 0
    look_until_sure(shop)
    assert shop.push() == 1
    assert shop.book()["totals"] == {"invoices": 1, "not_cancelled": 1, "create_calls": 1}


def test_a_call_that_was_made_before_its_worker_died_is_found_and_not_repeated(
    shop: SandboxedMerchant, due: Invoice
) -> None:
    (call,) = shop.claim()
    client_for(shop.account).create_invoice(
        order_of(call.invoice, account=shop.account, wordings=Wordings()), today=call.today
    )

    lose_leases()
    look(shop)

    due.refresh_from_db()
    assert (due.delivery, due.gateway_token) == (Delivery.SENT, shop.at_gateway(due).token)
    assert shop.push() == 0
    assert shop.book()["totals"]["create_calls"] == 1


def test_a_process_stopped_until_its_lease_has_run_out_does_not_call(shop: SandboxedMerchant, due: Invoice) -> None:
    (call,) = shop.claim()
    client, order = client_for(shop.account), order_of(call.invoice, account=shop.account, wordings=Wordings())

    with pytest.raises(Unavailable, match="too late"):
        client.create_invoice(order, today=call.today, give_up_at=time.monotonic())

    assert shop.book()["totals"]["create_calls"] == 0


def test_a_call_may_begin_only_while_the_lease_outlives_it(
    shop: SandboxedMerchant, due: Invoice, policy: GatewayPolicy
) -> None:
    before = time.monotonic()

    (call,) = shop.claim()

    longest = policy.lease - policy.deadline - policy.margin
    assert before < call.give_up_at <= time.monotonic() + longest.total_seconds()


def test_an_outcome_known_after_the_lease_ran_out_does_not_overrule_who_asks(
    shop: SandboxedMerchant, due: Invoice
) -> None:
    (call,) = shop.claim()
    lose_leases()

    end(call, Rejected("too late"))

    due.refresh_from_db()
    assert due.delivery == Delivery.UNKNOWN
    assert DeliveryAttempt.objects.get().outcome == "REFUSED"


def test_an_outcome_of_an_older_claim_does_not_end_a_newer_one(shop: SandboxedMerchant, due: Invoice) -> None:
    (slow,) = shop.claim()
    lose_leases()
    look_until_sure(shop)
    (fast,) = shop.claim(alone=True)

    end(slow, Unavailable("no route"))

    due.refresh_from_db()
    assert (due.delivery, due.lease_id) == (Delivery.SENDING, fast.lease_id)


def lose_a_worker(shop: SandboxedMerchant) -> None:
    assert len(shop.claim() + shop.claim(alone=True)) == 1
    lose_leases()
    look_until_sure(shop)


def test_an_invoice_that_three_workers_died_with_is_parked_and_the_others_go_on(
    shop: SandboxedMerchant, due: Invoice
) -> None:
    for _ in range(3):
        lose_a_worker(shop)
    make_bill(shop.merchant, customer_phone="0790000001")
    shop.issue()

    assert shop.push() == 1

    due.refresh_from_db()
    assert (due.delivery, due.problem, due.lost_leases) == (Delivery.PARKED, WORKERS_LOST, 3)
    assert Invoice.objects.exclude(pk=due.pk).get().delivery == Delivery.SENT


def test_an_invoice_that_two_workers_died_with_is_sent_by_the_third(shop: SandboxedMerchant, due: Invoice) -> None:
    for _ in range(2):
        lose_a_worker(shop)

    assert shop.push() == 1

    due.refresh_from_db()
    assert due.delivery == Delivery.SENT


def test_what_a_worker_was_lost_with_is_claimed_apart_from_all_others(shop: SandboxedMerchant) -> None:
    make_due(shop, 3)
    lost = {call.invoice.id for call in shop.claim()}
    lose_leases()
    look_until_sure(shop)
    make_bill(shop.merchant)
    shop.issue()
    fresh = Invoice.objects.latest("pk")

    together, alone = shop.claim(), shop.claim(limit=1, alone=True)

    assert [call.invoice.id for call in together] == [fresh.pk]
    assert len(alone) == 1
    assert alone[0].invoice.id in lost


def test_lost_ones_are_sent_after_the_others_one_at_a_time(shop: SandboxedMerchant) -> None:
    make_due(shop, 3)
    shop.claim()
    lose_leases()
    look_until_sure(shop)
    make_bill(shop.merchant)
    shop.issue()

    assert shop.push() == 4

    creates = SandboxCall.objects.filter(operation=Operation.CREATE).order_by("pk")
    order = list(Invoice.objects.order_by("-pk").values_list("reference", flat=True))
    assert creates[0].reference == order[0]
    assert sorted(creates.values_list("reference", flat=True)) == sorted(order)
    assert not Invoice.objects.exclude(delivery=Delivery.SENT).exists()


def test_with_nothing_lost_left_the_pace_after_an_outage_still_holds_for_the_others(shop: SandboxedMerchant) -> None:
    make_due(shop, 2)
    GatewayAccount.objects.update(recovering_since=database_now() - timedelta(minutes=1), recovery_rate=100)

    assert shop.claim(alone=True) == []

    assert GatewayAccount.objects.get().recovering_since is not None


def test_the_third_worker_to_die_may_have_sent_it_all_the_same(shop: SandboxedMerchant, due: Invoice) -> None:
    for _ in range(2):
        lose_a_worker(shop)
    (call,) = shop.claim(alone=True)
    client_for(shop.account).create_invoice(
        order_of(call.invoice, account=shop.account, wordings=Wordings()), today=call.today
    )

    lose_leases()
    look(shop)

    due.refresh_from_db()
    assert due.delivery == Delivery.SENT


def test_staff_send_it_again_with_three_workers_more_to_lose(shop: SandboxedMerchant, due: Invoice) -> None:
    for _ in range(3):
        lose_a_worker(shop)

    send_again(merchant_id=shop.merchant.pk, invoice_id=due.pk, actor="user:1", now=database_now())
    lose_a_worker(shop)

    due.refresh_from_db()
    assert (due.delivery, due.lost_leases) == (Delivery.NEW, 1)
    assert shop.push() == 1


def test_where_nobody_can_ask_a_person_decides_after_the_first_loss(shop: SandboxedMerchant, due: Invoice) -> None:
    GatewayAccount.objects.update(can_enquire=False)
    shop.claim()

    lose_leases()

    assert (look(shop), shop.push()) == (0, 0)
    due.refresh_from_db()
    assert (due.delivery, due.lost_leases) == (Delivery.UNKNOWN, 1)
    send_again(merchant_id=shop.merchant.pk, invoice_id=due.pk, actor="user:1", now=database_now())
    assert shop.push() == 1
