"""While a merchant wants no messages sent they wait for the next time it does; bare links go out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from billing.clock import database_now
from billing.models import Channel, Merchant, Weekend
from invoices.models import DeliveryAttempt, GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.services.decisions import send_again
from invoices.services.pushing.delivery import push_due
from invoices.services.pushing.due_accounts import groups_to_push
from invoices.services.pushing.quiet_hours import put_off_messages
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import resend
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery
AMMAN = ZoneInfo("Asia/Amman")


def hush(shop: SandboxedMerchant) -> datetime:
    """Make it quiet from an hour ago to an hour from now; when that ends."""
    now = database_now().astimezone(AMMAN).replace(second=0, microsecond=0)
    begin, end = now - timedelta(hours=1), now + timedelta(hours=1)
    merchants = Merchant.objects.filter(pk=shop.merchant.pk)
    merchants.update(quiet_from=begin.time(), quiet_until=end.time(), is_quiet_on_weekend=False)
    return end


def make_due(shop: SandboxedMerchant, channel: str) -> Invoice:
    Merchant.objects.filter(pk=shop.merchant.pk).update(channel=channel)
    shop.merchant.refresh_from_db()
    make_bill(shop.merchant)
    shop.issue()
    return Invoice.objects.order_by("-pk")[0]


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP, Channel.EMAIL])
def test_a_message_waits_until_the_quiet_hours_are_over(
    shop: SandboxedMerchant, policy: GatewayPolicy, channel: Channel
) -> None:
    invoice = make_due(shop, channel)
    end = hush(shop)

    assert shop.push() == 0

    invoice.refresh_from_db()
    assert (invoice.delivery, invoice.next_attempt_at, invoice.attempts) == (Delivery.NEW, end, 0)
    assert shop.messages() == []
    assert not DeliveryAttempt.objects.exists()
    assert groups_to_push(now=end - timedelta(seconds=1), policy=policy) == []
    assert groups_to_push(now=end, policy=policy) == [[shop.account.pk]]


def test_a_bare_link_goes_out(shop: SandboxedMerchant) -> None:
    message, link = make_due(shop, Channel.SMS), make_due(shop, Channel.LINK)
    hush(shop)

    assert shop.push() == 1

    message.refresh_from_db()
    link.refresh_from_db()
    assert (message.delivery, link.delivery) == (Delivery.NEW, Delivery.SENT)


@pytest.mark.parametrize(("wants_quiet", "moved_to"), [(True, "2026-11-29 00:00"), (False, "2026-11-27 12:00")])
def test_on_a_weekend_messages_wait_for_its_end_if_the_merchant_wants_so(
    shop: SandboxedMerchant, wants_quiet: bool, moved_to: str
) -> None:
    friday_noon = datetime(2026, 11, 27, 12, tzinfo=AMMAN)
    invoice = make_due(shop, Channel.SMS)
    Invoice.objects.update(next_attempt_at=friday_noon)
    Merchant.objects.update(weekend=Weekend.FRIDAY_SATURDAY, is_quiet_on_weekend=wants_quiet)
    account = GatewayAccount.objects.select_related("merchant").get()

    put_off_messages(account=account, now=friday_noon)

    invoice.refresh_from_db()
    assert invoice.next_attempt_at == datetime.fromisoformat(moved_to).replace(tzinfo=AMMAN)


def test_one_merchants_quiet_is_not_anothers(shop: SandboxedMerchant, live_server: Any) -> None:
    neighbour = connect_to_sandbox(make_merchant("neighbour"), base_url=live_server.url)
    quiet, loud = make_due(shop, Channel.SMS), make_due(neighbour, Channel.SMS)
    hush(shop)
    policy = GatewayPolicy.from_settings()

    assert push_due(account_ids=[shop.account.pk, neighbour.account.pk], policy=policy, seconds=20) == 1

    quiet.refresh_from_db()
    loud.refresh_from_db()
    assert (quiet.delivery, loud.delivery) == (Delivery.NEW, Delivery.SENT)


def test_quiet_that_begins_while_a_task_runs_is_kept(shop: SandboxedMerchant) -> None:
    make_due(shop, Channel.SMS)
    hush(shop)

    assert shop.claim() == []

    assert Invoice.objects.get().delivery == Delivery.NEW


def test_what_staff_send_again_waits_too(shop: SandboxedMerchant) -> None:
    invoice = make_due(shop, Channel.SMS)
    Invoice.objects.update(delivery=Delivery.PARKED)
    end = hush(shop)
    send_again(merchant_id=shop.merchant.pk, invoice_id=invoice.pk, actor="user:1", now=database_now())

    assert shop.push() == 0

    invoice.refresh_from_db()
    assert (invoice.delivery, invoice.next_attempt_at) == (Delivery.NEW, end)


def test_the_gateways_message_again_is_a_persons_own_act_and_goes_at_once(
    shop: SandboxedMerchant, sent: Invoice
) -> None:
    hush(shop)

    resend(sent)

    assert len(shop.messages()) == 2
