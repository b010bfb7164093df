"""Sending invoices to the gateway, over real HTTP to the sandbox: every answer, and what it means for the invoice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.clock import database_now
from billing.models import Channel, Event, Merchant
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind, SandboxInvoice
from invoices.services.pushing.delivery import push_due
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery


def test_a_bill_reaches_the_customers_phone(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()

    assert shop.push() == 1

    invoice = Invoice.objects.get()
    there = shop.at_gateway(invoice)
    assert (invoice.delivery, invoice.gateway_token, invoice.gateway_url) == (
        Delivery.SENT,
        there.token,
        f"{shop.account.base_url}/pay/{there.token}",
    )
    assert there.amount == Decimal("150.500")
    (message,) = shop.messages()
    assert (message.channel, message.to) == ("SMS", "+962777839071")
    attempt = DeliveryAttempt.objects.get()
    assert (attempt.action, attempt.outcome) == ("CREATE", "DONE")
    assert shop.push() == 0


@pytest.mark.parametrize("channel", list(Channel))
def test_each_channel_is_the_gateways_own(shop: SandboxedMerchant, channel: Channel) -> None:
    Merchant.objects.update(channel=channel)
    shop.merchant.refresh_from_db()
    make_bill(shop.merchant)
    shop.issue()

    shop.push()

    (message,) = shop.messages()
    assert message.channel == channel


def test_a_bill_and_an_installment_say_who_owns_the_recurrence(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant, customer_phone="0790000001")
    make_subscription(shop.merchant, "CUSTOM_SCHEDULE", customer_phone="0790000002")
    shop.issue()

    shop.push()

    payloads = SandboxInvoice.objects.order_by("customer_phone").values_list("payload", flat=True)
    assert {payload["subscription"] for payload in payloads if payload["mobileNumber"] == "790000001"} == {"0"}
    assert {payload["subscription"] for payload in payloads if payload["mobileNumber"] == "790000002"} == {"1"}
    assert {payload["SubscriptionType"] for payload in payloads} == {"1"}


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.ACCEPTED_SILENT,
        FaultKind.ACCEPTED_500,
        FaultKind.DROPPED,
        FaultKind.TRUNCATED,
        FaultKind.HTML_500,
        FaultKind.GARBAGE,
        FaultKind.WRONG_KEY,
        FaultKind.WRONG_ECHO,
        FaultKind.SLOW_DRIP,
        FaultKind.OVERSIZED,
        FaultKind.REFUSED_500,
        FaultKind.REDIRECT,
    ],
)
def test_anything_but_a_definite_answer_is_unknown_and_not_repeated(shop: SandboxedMerchant, kind: FaultKind) -> None:
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(kind, count=1, seconds=4)

    shop.push()
    shop.push()

    invoice = Invoice.objects.get()
    assert invoice.delivery == Delivery.UNKNOWN
    assert invoice.next_look_at is not None
    assert shop.book()["totals"]["create_calls"] == 1
    assert DeliveryAttempt.objects.get().outcome == "UNKNOWN"


@pytest.mark.parametrize("kind", [FaultKind.STATUS_FALSE, FaultKind.FIELD_ERRORS])
def test_a_refusal_waits_for_a_person(shop: SandboxedMerchant, kind: FaultKind) -> None:
    # Errors about the phone alone are followed by another channel (decision 17), unless the merchant wants none.
    Merchant.objects.update(falls_back=kind == FaultKind.STATUS_FALSE)
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(kind, count=1)

    shop.push()
    shop.push()

    invoice = Invoice.objects.get()
    assert invoice.delivery == Delivery.REJECTED
    assert invoice.problem
    assert shop.book()["totals"] == {"invoices": 0, "not_cancelled": 0, "create_calls": 1}
    assert GatewayAccount.objects.get().consecutive_failures == 0


@pytest.mark.parametrize("kind", [FaultKind.UNAUTHORIZED, FaultKind.NOT_FOUND])
def test_refused_credentials_park_the_account_and_not_the_invoices(shop: SandboxedMerchant, kind: FaultKind) -> None:
    for index in range(20):
        make_bill(shop.merchant, customer_phone=f"07900000{index:02d}")
    shop.issue()
    shop.fault(kind)

    shop.push()
    shop.push()

    account = GatewayAccount.objects.get()
    assert account.parked_at is not None
    assert shop.book()["totals"]["create_calls"] <= 8  # those already under way at once
    assert set(Invoice.objects.values_list("delivery", "attempts")) == {(Delivery.NEW, 0)}
    assert Event.objects.filter(subject=Event.Subject.GATEWAY_ACCOUNT, name="parked").count() == 1


def test_a_429_makes_the_account_wait_as_long_as_asked(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.TOO_MANY, count=1, seconds=60)

    shop.push()
    shop.push()

    account, invoice = GatewayAccount.objects.get(), Invoice.objects.get()
    assert account.paused_until is not None
    assert timedelta(seconds=50) < account.paused_until - database_now() <= timedelta(seconds=60)
    assert (invoice.delivery, account.consecutive_failures) == (Delivery.NEW, 0)
    assert shop.book()["totals"]["create_calls"] == 1


def test_a_gateway_that_cannot_be_reached_is_tried_again_later(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()
    GatewayAccount.objects.update(base_url="http://127.0.0.1:9/sandbox")

    shop.push()

    invoice = Invoice.objects.get()
    assert (invoice.delivery, invoice.attempts) == (Delivery.NEW, 1)
    assert invoice.next_attempt_at > database_now() + timedelta(seconds=10)
    assert DeliveryAttempt.objects.get().outcome == "NOT_SENT"


def test_five_failures_in_a_row_open_the_breaker_and_one_probe_closes_it(
    shop: SandboxedMerchant, sandbox_settings: Any
) -> None:
    sandbox_settings.GATEWAY_CONCURRENCY = 1
    for index in range(9):
        make_bill(shop.merchant, customer_phone=f"07900000{index:02d}")
    shop.issue()
    shop.fault(FaultKind.ACCEPTED_500)

    shop.push()
    assert shop.book()["totals"]["create_calls"] == 5
    shop.push()
    assert shop.book()["totals"]["create_calls"] == 5

    GatewayAccount.objects.update(breaker_open_until=database_now())
    shop.push()
    assert shop.book()["totals"]["create_calls"] == 6  # one probe, which failed

    shop.no_faults()
    GatewayAccount.objects.update(breaker_open_until=database_now())
    shop.push()
    assert shop.book()["totals"]["create_calls"] == 9
    assert GatewayAccount.objects.get().breaker_open_until is None


def test_refusals_never_open_the_breaker(shop: SandboxedMerchant, sandbox_settings: Any) -> None:
    Merchant.objects.update(falls_back=False)
    sandbox_settings.GATEWAY_CONCURRENCY = 1
    for index in range(9):
        make_bill(shop.merchant, customer_phone=f"07900000{index:02d}")
    shop.issue()
    shop.fault(FaultKind.STATUS_FALSE)

    shop.push()

    assert shop.book()["totals"]["create_calls"] == 9
    assert GatewayAccount.objects.get().breaker_open_until is None


def test_an_e_mail_invoice_without_an_address_is_refused_before_anything_is_sent(shop: SandboxedMerchant) -> None:
    Merchant.objects.update(channel=Channel.EMAIL, falls_back=False)
    shop.merchant.refresh_from_db()
    make_bill(shop.merchant, customer_email="")
    shop.issue()

    shop.push()

    assert Invoice.objects.get().delivery == Delivery.REJECTED
    assert shop.book()["totals"]["create_calls"] == 0


def test_nothing_is_pushed_through_an_account_of_another_currency(shop: SandboxedMerchant) -> None:
    GatewayAccount.objects.update(currency="KWD")
    make_bill(shop.merchant)
    shop.issue()

    assert shop.push() == 0

    assert Invoice.objects.get().gateway_account is None
    assert shop.book()["totals"]["create_calls"] == 0


def test_an_invoice_waits_for_an_account_and_is_sent_when_there_is_one(sandbox_settings: Any, live_server: Any) -> None:
    merchant = make_merchant()
    make_bill(merchant)
    assert Invoice.objects.count() == 0
    from invoices.services.issuing import issue_due

    issue_due(merchant=merchant, now=timezone.now())
    assert Invoice.objects.get().gateway_account is None

    shop = connect_to_sandbox(merchant, base_url=live_server.url)

    assert shop.push() == 1
    assert Invoice.objects.get().delivery == Delivery.SENT


def test_an_invoice_that_waited_past_its_expiry_is_sent_with_a_day_ahead(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()
    Invoice.objects.update(expires_on=timezone.now().date() - timedelta(days=3))

    shop.push()

    today = shop.merchant.local_date(timezone.now())
    assert Invoice.objects.get().expires_on == today + timedelta(days=30)


def test_pushing_stops_taking_on_more_when_its_time_is_up(shop: SandboxedMerchant, policy: GatewayPolicy) -> None:
    make_bill(shop.merchant)
    shop.issue()

    assert push_due(account_ids=[shop.account.pk], policy=policy, seconds=0) == 0
    assert Invoice.objects.get().delivery == Delivery.NEW
