"""A subscription's own channel, for its next invoices."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billing.models import Channel, Customer
from billing.services import EmailMissing
from invoices.models import Invoice
from invoices.services.issuing import issue_due
from subscriptions.changes.plans import SubscriptionEnded
from subscriptions.models import Subscription
from subscriptions.services import cancel_subscription
from subscriptions.services.channels import choose_subscription_channel
from tests.factories import make_merchant, make_subscription

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def choose(plan: Subscription, channel: Channel) -> None:
    choose_subscription_channel(merchant_id=plan.merchant_id, subscription_id=plan.pk, channel=channel, actor="user:1")


def test_the_next_invoice_goes_by_it_whatever_customer_and_merchant_say() -> None:
    merchant = make_merchant(channel=Channel.SMS)
    plan = make_subscription(merchant, payment_day=10, now=NOON)
    Customer.objects.update(channel=Channel.WHATSAPP)

    choose(plan, Channel.LINK)
    issue_due(merchant=merchant, now=NOON)

    assert Invoice.objects.get().channel == Channel.LINK


def test_no_email_without_an_address_and_nothing_for_an_ended_plan() -> None:
    merchant = make_merchant()
    plan = make_subscription(merchant, customer_email="", now=NOON)

    with pytest.raises(EmailMissing):
        choose(plan, Channel.EMAIL)
    cancel_subscription(merchant_id=merchant.pk, subscription_id=plan.pk, actor="user:1", now=NOON)
    with pytest.raises(SubscriptionEnded):
        choose(plan, Channel.LINK)

    plan.refresh_from_db()
    assert plan.channel == ""
