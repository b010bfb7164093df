"""The brake: no customer gets more messages a day than the merchant allows; what is beyond waits for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from billing.clock import database_now
from billing.models import Channel, Customer, Event, Merchant
from invoices.models import DeliveryAttempt, Invoice
from invoices.policy import GatewayPolicy
from invoices.sandbox.models import FaultKind
from invoices.services.decisions import send_again
from invoices.services.pushing.brake import TOO_MANY_MESSAGES, messages_today
from invoices.services.pushing.delivery import push_due
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import look_until_sure, resend
from tests.invoices.sandbox_account import SandboxedMerchant, connect_to_sandbox

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery


def allow(messages: int) -> None:
    Merchant.objects.update(messages_per_day=messages)


def make_due(shop: SandboxedMerchant, count: int, *, channel: str = Channel.SMS) -> None:
    """Invoices for one customer."""
    Merchant.objects.filter(pk=shop.merchant.pk).update(channel=channel)
    shop.merchant.refresh_from_db()
    for _ in range(count):
        make_bill(shop.merchant)
    shop.issue()


def deliveries() -> list[str]:
    return list(Invoice.objects.order_by("pk").values_list("delivery", flat=True))


def yesterday() -> None:
    DeliveryAttempt.objects.update(started_at=database_now() - timedelta(days=1))


def test_what_is_beyond_the_limit_is_parked_with_a_reason_and_not_sent(shop: SandboxedMerchant) -> None:
    allow(2)
    make_due(shop, 4)

    assert shop.push() == 2

    assert deliveries() == [Delivery.SENT, Delivery.SENT, Delivery.PARKED, Delivery.PARKED]
    assert len(shop.messages()) == 2
    parked = Invoice.objects.filter(delivery=Delivery.PARKED)
    assert set(parked.values_list("problem", "attempts")) == {(TOO_MANY_MESSAGES, 0)}
    held_back = Event.objects.filter(name="held_back").values_list("subject_id", flat=True)
    assert set(held_back) == set(parked.values_list("pk", flat=True))


def test_messages_of_earlier_today_count(shop: SandboxedMerchant) -> None:
    allow(1)
    make_due(shop, 1)
    shop.push()

    make_due(shop, 1)

    assert shop.push() == 0
    assert deliveries() == [Delivery.SENT, Delivery.PARKED]


def test_tomorrow_is_another_day(shop: SandboxedMerchant) -> None:
    allow(1)
    make_due(shop, 1)
    shop.push()
    yesterday()

    make_due(shop, 1)

    assert shop.push() == 1


def test_the_day_is_the_merchants_own(shop: SandboxedMerchant) -> None:
    now = database_now()
    midnight = now.replace(minute=0, second=0, microsecond=0)
    # A zone, of those an hour apart, in which the present hour is the first of the day.
    Merchant.objects.update(
        time_zone=f"Etc/GMT{midnight.hour:+d}" if midnight.hour < 13 else f"Etc/GMT-{24 - midnight.hour}"
    )
    allow(1)
    make_due(shop, 1)
    shop.push()
    DeliveryAttempt.objects.update(started_at=midnight - timedelta(minutes=1))

    make_due(shop, 1)

    assert shop.push() == 1


def test_other_customers_are_not_held_back(shop: SandboxedMerchant) -> None:
    allow(1)
    make_due(shop, 2)
    make_bill(shop.merchant, customer_phone="0790000001")
    shop.issue()

    assert shop.push() == 2

    assert deliveries() == [Delivery.SENT, Delivery.PARKED, Delivery.SENT]


def test_another_merchants_messages_do_not_count(shop: SandboxedMerchant, live_server: Any) -> None:
    other = connect_to_sandbox(make_merchant("neighbour"), base_url=live_server.url)
    allow(1)
    make_due(shop, 1)
    make_due(other, 1)
    policy = GatewayPolicy.from_settings()

    assert push_due(account_ids=[shop.account.pk, other.account.pk], policy=policy, seconds=20) == 2


def test_zero_is_no_limit(shop: SandboxedMerchant) -> None:
    allow(0)
    make_due(shop, 12)

    assert shop.push() == 12


def test_a_bare_link_is_no_message(shop: SandboxedMerchant) -> None:
    allow(1)
    make_due(shop, 3, channel=Channel.LINK)

    assert shop.push() == 3
    make_due(shop, 1)
    assert shop.push() == 1


def test_a_call_that_sent_nothing_does_not_count(shop: SandboxedMerchant) -> None:
    allow(1)
    Merchant.objects.update(falls_back=False)
    make_due(shop, 1)
    shop.fault(FaultKind.STATUS_FALSE, count=1)
    shop.push()

    make_due(shop, 1)

    assert shop.push() == 1
    assert deliveries() == [Delivery.REJECTED, Delivery.SENT]


def test_a_call_that_may_have_sent_something_counts_until_it_is_known(shop: SandboxedMerchant) -> None:
    allow(1)
    make_due(shop, 1)
    shop.fault(FaultKind.REFUSED_500, count=1)
    shop.push()
    make_due(shop, 1)

    assert shop.push() == 0
    look_until_sure(shop)

    assert shop.push() == 1
    assert deliveries() == [Delivery.SENT, Delivery.PARKED]


def test_a_message_sent_again_counts(shop: SandboxedMerchant, sent: Invoice) -> None:
    allow(2)
    resend(sent)

    make_due(shop, 1)

    assert shop.push() == 0
    (customer,) = Customer.objects.all()
    assert messages_today(shop.merchant, [customer.pk], database_now()) == {customer.pk: 2}


def test_staff_send_it_all_the_same(shop: SandboxedMerchant) -> None:
    allow(1)
    make_due(shop, 3)
    shop.push()
    first_parked, still_parked = Invoice.objects.filter(delivery=Delivery.PARKED).order_by("pk")

    send_again(merchant_id=shop.merchant.pk, invoice_id=first_parked.pk, actor="user:1", now=database_now())

    assert shop.push() == 1
    first_parked.refresh_from_db()
    still_parked.refresh_from_db()
    assert (first_parked.delivery, first_parked.problem) == (Delivery.SENT, "")
    assert still_parked.delivery == Delivery.PARKED
    assert len(shop.messages()) == 2


def test_many_that_are_held_back_keep_no_other_customer_waiting(shop: SandboxedMerchant) -> None:
    allow(1)
    make_due(shop, 30)
    make_bill(shop.merchant, customer_phone="0790000001")
    shop.issue()

    assert shop.push() == 2

    assert Invoice.objects.get(customer__phone="+962790000001").delivery == Delivery.SENT
