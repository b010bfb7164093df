"""Bills and subscriptions found by what their next invoice goes by: it is what issuing then sends it by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from billing.clock import database_now
from billing.models import Bill, Channel, Customer, Membership, Merchant, Role
from invoices.models import Invoice
from invoices.services.issuing import issue_due
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.admin.whole_list import ALL
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

LISTS = {
    Bill: "/admin/billing/bill/",
    Subscription: "/admin/subscriptions/subscription/",
    Installment: "/admin/subscriptions/installment/",
}


def found(client: Client, model: Any, channel: str) -> set[int]:
    return {row.pk for row in client.get(f"{LISTS[model]}?channel={channel}").context["cl"].result_list}


def make_choices(make: Callable[..., Any], merchant: Merchant) -> list[Any]:
    """With a channel of its own; of its customer; of its own before its customer's; and of its merchant."""
    own, customers, own_before_customers, merchants = (make(merchant, customer_phone=f"079000000{n}") for n in range(4))
    for row, channel in ((own, Channel.EMAIL), (own_before_customers, Channel.SMS)):
        type(row).objects.filter(pk=row.pk).update(channel=channel)
    choosing = [customers.customer_id, own_before_customers.customer_id]
    Customer.objects.filter(pk__in=choosing).update(channel=Channel.WHATSAPP)
    return [own, customers, own_before_customers, merchants]


def make_plan(merchant: Merchant, **kwargs: Any) -> Subscription:
    return make_subscription(merchant, "CUSTOM_SCHEDULE", **kwargs)


@pytest.mark.parametrize("usual", [Channel.SMS, Channel.WHATSAPP])
class TestEachIsFoundByWhatItIsThenSentBy:
    def test_bills_that_are_to_be_paid(self, usual: Channel) -> None:
        merchant = make_merchant(language="en", channel=usual)
        clerk = signed_in(make_staff(merchant, Role.CLERK))
        make_choices(make_bill, merchant)
        over = make_bill(merchant, customer_phone="0790000009")
        Bill.objects.filter(pk=over.pk).update(status="CANCELLED", cancelled_at=database_now())

        by_channel = {channel: found(clerk, Bill, channel) for channel in Channel.values}
        issue_due(merchant=merchant, now=database_now())

        sent = Invoice.objects.order_by("pk").values_list("bill", "channel")
        assert by_channel == {channel: {pk for pk, by in sent if by == channel} for channel in Channel.values}
        assert sent.count() == 4

    def test_subscriptions_that_run_and_their_installments(self, usual: Channel) -> None:
        merchant = make_merchant(language="en", channel=usual)
        clerk = signed_in(make_staff(merchant, Role.CLERK))
        plans = make_choices(make_plan, merchant)

        by_channel = {channel: found(clerk, Subscription, channel) for channel in Channel.values}
        each_by_channel = {channel: found(clerk, Installment, channel) for channel in Channel.values}
        issue_due(merchant=merchant, now=database_now())
        Subscription.objects.filter(pk=plans[0].pk).update(status="CANCELLED", cancelled_at=database_now())

        sent = Invoice.objects.order_by("pk").values_list("installment__subscription", "installment", "channel")
        for channel in Channel.values:
            assert by_channel[channel] == {plan for plan, _each, by in sent if by == channel}
            assert each_by_channel[channel] == {each for _plan, each, by in sent if by == channel}
        assert sent.count() == 12
        assert found(clerk, Subscription, Channel.EMAIL) == set()


def test_also_where_very_many_customers_have_a_channel_of_their_own() -> None:
    merchant = make_merchant(language="en")
    clerk = signed_in(make_staff(merchant, Role.CLERK))
    chosen, usual = (make_bill(merchant, customer_phone=phone) for phone in ("0790000001", "0790000002"))
    Customer.objects.filter(pk=chosen.customer_id).update(channel=Channel.LINK)
    Customer.objects.bulk_create(
        Customer(merchant=merchant, phone=f"+96278{n:07d}", name="x", channel=Channel.EMAIL) for n in range(2_000)
    )

    assert found(clerk, Bill, Channel.LINK) == {chosen.pk}
    assert found(clerk, Bill, Channel.SMS) == {usual.pk}


def test_other_merchants_customers_and_channels_say_nothing_about_mine() -> None:
    mine, foreign = make_merchant(language="en"), make_merchant("foreign", channel=Channel.WHATSAPP)
    my_bill, foreign_bill = make_bill(mine), make_bill(foreign)
    Customer.objects.filter(merchant=foreign).update(channel=Channel.EMAIL)
    user = make_staff(mine, Role.CLERK)

    alone = {channel: found(signed_in(user), Bill, channel) for channel in Channel.values}
    Membership.objects.create(merchant=foreign, user=user, role=Role.CLERK)
    both = {channel: found(signed_in(user), Bill, channel) for channel in Channel.values}

    nothing: dict[str, set[int]] = {channel: set() for channel in Channel.values}
    assert alone == nothing | {Channel.SMS: {my_bill.pk}}
    assert both == alone | {Channel.EMAIL: {foreign_bill.pk}}


def test_a_channel_that_is_none_finds_nothing_to_act_on() -> None:
    merchant = make_merchant(language="en")
    make_bill(merchant)
    owner = signed_in(make_staff(merchant))

    assert owner.get(f"{ALL}/cancel/?channel=FAX").context["dry_run"].count == 0
    assert owner.get(f"{ALL}/cancel/?channel=SMS").context["dry_run"].count == 1
