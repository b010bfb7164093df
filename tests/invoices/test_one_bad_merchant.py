"""One merchant's row that cannot be read is that merchant's trouble: all others are served."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from billing.clock import database_now
from billing.models import Bill, Merchant
from invoices.models import GatewayAccount, GatewayCallback, Invoice, Payment
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import SandboxTransaction
from invoices.services import sweeps
from invoices.services.callbacks.keeping import keep_callback
from invoices.services.callbacks.processing import process_callbacks
from invoices.services.enquiries.errands import POLL, run_errands
from invoices.services.issuing_for_all import issue_for_all
from invoices.services.pushing.delivery import push_due
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import cancel, cancel_at_gateway, tidy_later
from tests.invoices.callbacks.arrivals import webhook_of
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bad(sandbox_settings: Any, live_server: Any) -> SandboxedMerchant:
    """The first in every order, with a bill; what breaks it comes later."""
    shop = connect_to_sandbox(make_merchant("aaa"), base_url=live_server.url)
    make_bill(shop.merchant)
    return shop


@pytest.fixture
def good(bad: SandboxedMerchant, live_server: Any) -> SandboxedMerchant:
    shop = connect_to_sandbox(make_merchant("zzz"), base_url=live_server.url)
    make_bill(shop.merchant)
    return shop


def lose_the_key(shop: SandboxedMerchant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE invoices_gatewayaccount SET secret_key = 'of another key' WHERE id = %s", [shop.account.pk]
        )


def forget_the_time_zone(shop: SandboxedMerchant) -> None:
    Merchant.objects.filter(pk=shop.merchant.pk).update(time_zone="Mars/Olympus")


breaks_it = pytest.mark.parametrize("break_it", [lose_the_key, forget_the_time_zone], ids=lambda way: way.__name__)


def invoice_of(shop: SandboxedMerchant) -> Invoice:
    return Invoice.objects.get(merchant=shop.merchant)


@breaks_it
def test_the_others_are_invoiced(bad: SandboxedMerchant, good: SandboxedMerchant, break_it: Any) -> None:
    break_it(bad)

    issue_for_all(now=database_now())

    assert invoice_of(good).status == Invoice.Status.OPEN


@breaks_it
def test_the_others_invoices_are_sent(
    bad: SandboxedMerchant, good: SandboxedMerchant, policy: GatewayPolicy, break_it: Any
) -> None:
    issue_for_all(now=database_now())
    break_it(bad)

    sweeps.sweep_everything(now=database_now(), policy=policy)

    assert invoice_of(good).delivery == Invoice.Delivery.SENT
    assert invoice_of(bad).delivery != Invoice.Delivery.SENT


@breaks_it
def test_the_others_invoices_are_renewed(bad: SandboxedMerchant, good: SandboxedMerchant, break_it: Any) -> None:
    for shop in (bad, good):
        shop.issue()
        shop.push()
        cancel(invoice_of(shop))
        cancel_at_gateway(shop)
    Invoice.objects.update(renew_when_cancelled=True)
    break_it(bad)

    tidy_later()

    assert Invoice.objects.live().get(merchant=good.merchant).issue_no == 2


@breaks_it
def test_the_others_callbacks_are_processed(
    bad: SandboxedMerchant, good: SandboxedMerchant, policy: GatewayPolicy, break_it: Any
) -> None:
    for shop in (bad, good):
        shop.issue()
        shop.push()
        shop.customer_pays(invoice_of(shop))
        (paid,) = SandboxTransaction.objects.filter(invoice=shop.at_gateway(invoice_of(shop)))
        keep_callback(
            merchant=shop.merchant,
            kind=GatewayCallback.Kind.WEBHOOK,
            payload=json.dumps(webhook_of(paid)).encode(),
            content_type="application/json",
            inbox_limit=10,
            now=database_now(),
        )
    break_it(bad)

    process_callbacks(policy=policy, now=database_now())

    assert Payment.objects.filter(merchant=good.merchant).count() == 1
    assert Bill.objects.get(merchant=good.merchant).status == Bill.Status.PAID


@pytest.mark.parametrize("sweep", ["push", "poll"])
def test_an_account_whose_secret_cannot_be_read_is_parked(
    bad: SandboxedMerchant, policy: GatewayPolicy, sweep: str
) -> None:
    bad.issue()
    if sweep == "poll":
        bad.push()
    lose_the_key(bad)

    if sweep == "push":
        assert push_due(account_ids=[bad.account.pk], policy=policy, seconds=5) == 0
    else:
        Invoice.objects.update(next_poll_at=database_now())
        assert run_errands(POLL, account_id=bad.account.pk, policy=policy) == 0

    (parked_at, reason) = GatewayAccount.objects.values_list("parked_at", "parked_reason").get()
    assert parked_at is not None
    assert reason
    assert "of another key" not in reason
