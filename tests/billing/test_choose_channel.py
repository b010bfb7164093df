"""Staff choose by which channel a bill's, or a customer's, next invoices go."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billing.models import Bill, Channel, Customer, Event
from billing.services import (
    BillNotPending,
    EmailMissing,
    cancel_bill,
    choose_bill_channel,
    choose_customer_channel,
)
from billing.services.channel_choices import Choice
from tests.factories import make_bill, make_merchant

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def bill() -> Bill:
    """Nobody knows the customer's e-mail address."""
    return make_bill(make_merchant(), customer_email="", now=NOON)


def choose(bill: Bill, channel: Choice) -> None:
    choose_bill_channel(merchant_id=bill.merchant_id, bill_id=bill.pk, channel=channel, actor="user:7")


def choose_for_customer(bill: Bill, channel: Choice) -> None:
    choose_customer_channel(
        merchant_id=bill.merchant_id, customer_id=bill.customer_id, channel=channel, actor="user:7", now=NOON
    )


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP, Channel.LINK])
def test_a_channel_is_chosen_and_the_timeline_says_so(bill: Bill, channel: Channel) -> None:
    choose(bill, channel)
    choose_for_customer(bill, channel)

    assert (Bill.objects.get().channel, Customer.objects.get().channel) == (channel, channel)
    events = Event.objects.filter(name="channel_chosen").values_list("subject", "actor", "details")
    assert sorted(events) == [
        ("BILL", "user:7", {"channel": channel}),
        ("CUSTOMER", "user:7", {"channel": channel}),
    ]


def test_a_choice_is_taken_back(bill: Bill) -> None:
    choose(bill, Channel.LINK)

    choose(bill, "")

    assert Bill.objects.get().channel == ""


def test_email_is_refused_where_there_is_no_address(bill: Bill) -> None:
    with pytest.raises(EmailMissing):
        choose(bill, Channel.EMAIL)
    with pytest.raises(EmailMissing):
        choose_for_customer(bill, Channel.EMAIL)

    assert (Bill.objects.get().channel, Customer.objects.get().channel) == ("", "")
    assert not Event.objects.filter(name="channel_chosen").exists()


def test_a_bill_is_made_with_its_channel(bill: Bill) -> None:
    by_whatsapp = make_bill(bill.merchant, customer_email="", channel=Channel.WHATSAPP)
    with pytest.raises(EmailMissing):
        make_bill(bill.merchant, customer_email="", channel=Channel.EMAIL)
    Customer.objects.update(email="info@razzbery.com")
    by_email = make_bill(bill.merchant, customer_email="", channel=Channel.EMAIL)

    assert list(Bill.objects.order_by("pk")) == [bill, by_whatsapp, by_email]
    assert [each.channel for each in Bill.objects.order_by("pk")] == ["", "WHATSAPP", "EMAIL"]


def test_the_customers_address_is_good_for_the_bill_too(bill: Bill) -> None:
    Customer.objects.update(email="info@razzbery.com")

    choose(bill, Channel.EMAIL)

    assert Bill.objects.get().channel == Channel.EMAIL


def test_nothing_is_chosen_for_a_cancelled_bill(bill: Bill) -> None:
    cancel_bill(merchant_id=bill.merchant_id, bill_id=bill.pk, reason="", actor="user:7", now=NOON)

    with pytest.raises(BillNotPending):
        choose(bill, Channel.LINK)

    assert Bill.objects.get().channel == ""


def test_another_merchants_bill_and_customer_do_not_exist(bill: Bill) -> None:
    stranger = make_merchant("stranger")

    with pytest.raises(Bill.DoesNotExist):
        choose_bill_channel(merchant_id=stranger.pk, bill_id=bill.pk, channel=Channel.LINK, actor="user:9")
    with pytest.raises(Customer.DoesNotExist):
        choose_customer_channel(
            merchant_id=stranger.pk, customer_id=bill.customer_id, channel=Channel.LINK, actor="user:9", now=NOON
        )

    assert (Bill.objects.get().channel, Customer.objects.get().channel) == ("", "")
