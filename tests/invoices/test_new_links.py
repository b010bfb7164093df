"""A customer asks for a new link on the page of a dead one."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection

from billing.clock import database_now
from billing.models import Bill, Event, Merchant
from billing.services.wrong_recipients import report_wrong_recipient
from invoices.models import Invoice
from invoices.sandbox.models import InvoiceStatus
from invoices.services import sweeps
from invoices.services.issuing import LiveInvoiceExists
from invoices.services.new_links import NewLinkNotPossible, NewLinkTooSoon, can_ask_for_new_link, send_new_link
from invoices.services.payables import Payable
from subscriptions.models import Installment
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import at_once, cancel, cancel_at_gateway, take
from tests.invoices.differences import find_differences
from tests.invoices.pages.documents import make_shop, send_invoice
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def merchant() -> Merchant:
    return make_shop()


@pytest.fixture
def bill(merchant: Merchant) -> Bill:
    """Its link expired, as the gateway has said."""
    bill = make_bill(merchant, now=NOON)
    send_invoice(bill, status="EXPIRED")
    bill.refresh_from_db()
    return bill


def last_of(payable: Payable) -> Invoice:
    return payable.invoices.order_by("-issue_no")[0]


def expire_again(payable: Payable) -> None:
    payable.invoices.live().update(status="EXPIRED")


def test_what_is_owed_is_asked_for_anew_at_the_phone_on_file(bill: Bill) -> None:
    invoice = send_new_link(payable=bill, now=NOON)

    assert (invoice.issue_no, invoice.status, invoice.delivery, invoice.channel) == (2, "OPEN", "NEW", "SMS")
    assert (invoice.amount, invoice.customer_id) == (bill.amount_due, bill.customer_id)
    event = Event.objects.get(name="new_link_asked")
    assert (event.subject, event.subject_id, event.actor) == ("BILL", bill.pk, "customer")


def test_an_installments_too(merchant: Merchant) -> None:
    plan = make_subscription(merchant, "CUSTOM_SCHEDULE")
    installment = plan.installments.get(sequence=1)
    send_invoice(installment, status="EXPIRED")

    invoice = send_new_link(payable=Installment.objects.get(pk=installment.pk), now=NOON)

    assert (invoice.installment_id, invoice.issue_no) == (installment.pk, 2)


@pytest.mark.parametrize("reason", ["PARTLY_PAID", "PAID_OTHERWISE", "AMOUNT_CHANGED", "REPLACED"])
def test_a_replaced_link_that_nothing_followed_is_followed_now(bill: Bill, reason: str) -> None:
    bill.invoices.update(status="CANCELLED", cancel_reason=reason)

    assert send_new_link(payable=bill, now=NOON).issue_no == 2


def test_while_an_invoice_can_be_paid_there_is_no_other(bill: Bill) -> None:
    send_new_link(payable=bill, now=NOON)

    with pytest.raises(LiveInvoiceExists):
        send_new_link(payable=bill, now=NOON + timedelta(hours=1))

    assert bill.invoices.count() == 2


def ask_for_nothing(bill: Bill) -> None:
    bill.refresh_from_db()
    assert not can_ask_for_new_link(bill, bill.invoices.order_by("-issue_no").first(), now=NOON)
    with pytest.raises(NewLinkNotPossible):
        send_new_link(payable=bill, now=NOON)
    assert Invoice.objects.filter(issue_no=2).count() == 0
    assert not Event.objects.filter(name="new_link_asked").exists()


def test_a_link_that_staff_took_back_stays_taken_back(bill: Bill) -> None:
    bill.invoices.update(status="CANCELLED", cancel_reason="BY_STAFF")

    ask_for_nothing(bill)


def test_a_link_that_is_about_to_be_followed_needs_no_asking(bill: Bill) -> None:
    bill.invoices.update(status="CANCELLED", cancel_reason="REPLACED", renew_when_cancelled=True)

    ask_for_nothing(bill)


def test_nothing_owed_nothing_asked(bill: Bill) -> None:
    Bill.objects.update(status="CANCELLED")

    ask_for_nothing(bill)


def test_what_was_never_asked_for_is_not_asked_for_by_the_customer(merchant: Merchant) -> None:
    ask_for_nothing(make_bill(merchant, now=NOON))


def test_a_merchant_that_is_not_active_sends_nothing(bill: Bill) -> None:
    Merchant.objects.update(is_active=False)

    ask_for_nothing(Bill.objects.select_related("merchant").get())


def test_ten_minutes_lie_between_two(bill: Bill) -> None:
    send_new_link(payable=bill, now=NOON)
    expire_again(bill)

    with pytest.raises(NewLinkTooSoon) as refusal:
        send_new_link(payable=bill, now=NOON + timedelta(minutes=9, seconds=59))

    assert refusal.value.possible_at == NOON + timedelta(minutes=10)
    assert bill.invoices.count() == 2
    assert send_new_link(payable=bill, now=refusal.value.possible_at).issue_no == 3


def test_there_are_three_a_day_by_the_merchants_own_calendar(bill: Bill) -> None:
    for hour in range(3):
        send_new_link(payable=bill, now=NOON + timedelta(hours=hour))
        expire_again(bill)

    with pytest.raises(NewLinkTooSoon) as refusal:
        send_new_link(payable=bill, now=NOON + timedelta(hours=3))

    midnight_in_amman = datetime(2026, 1, 10, 21, 0, tzinfo=UTC)
    assert refusal.value.possible_at == midnight_in_amman
    assert bill.invoices.count() == 4
    assert send_new_link(payable=bill, now=midnight_in_amman).issue_no == 5


def test_every_bill_has_its_own_patience(bill: Bill, merchant: Merchant) -> None:
    other = make_bill(merchant, now=NOON)
    send_invoice(other, status="EXPIRED")
    send_new_link(payable=bill, now=NOON)

    assert send_new_link(payable=Bill.objects.get(pk=other.pk), now=NOON).issue_no == 2


def test_in_quiet_hours_the_page_has_the_link_and_the_phone_stays_quiet(bill: Bill) -> None:
    Merchant.objects.update(quiet_from=time(0, 0), quiet_until=time(23, 59))

    assert send_new_link(payable=Bill.objects.get(), now=NOON).channel == "LINK"


def test_a_customer_whose_messages_are_stopped_gets_none_by_this_either(bill: Bill) -> None:
    report_wrong_recipient(customer=bill.customer, now=NOON)

    assert send_new_link(payable=Bill.objects.get(), now=NOON).channel == "LINK"


@pytest.mark.django_db(transaction=True)
class TestAtTheGateway:
    @pytest.fixture
    def merchant(self, shop: SandboxedMerchant) -> Merchant:
        return shop.merchant

    def test_the_message_goes_out_with_a_new_link(self, shop: SandboxedMerchant, sent: Invoice) -> None:
        Invoice.objects.update(status="EXPIRED")

        send_new_link(payable=Bill.objects.get(), now=database_now())
        shop.push()

        successor = Invoice.objects.live().get()
        assert (successor.delivery, len(shop.messages())) == ("SENT", 2)
        assert successor.gateway_url != sent.gateway_url

    def test_where_the_day_has_had_its_messages_the_page_has_the_link(
        self, shop: SandboxedMerchant, sent: Invoice
    ) -> None:
        Merchant.objects.update(messages_per_day=1)
        Invoice.objects.update(status="EXPIRED")

        send_new_link(payable=Bill.objects.get(), now=database_now())
        shop.push()

        successor = Invoice.objects.live().get()
        assert (successor.delivery, successor.channel) == ("SENT", "LINK")

    def test_one_past_its_day_dies_at_the_gateway_before_its_successor_is_made(
        self, shop: SandboxedMerchant, sent: Invoice
    ) -> None:
        today = shop.merchant.local_date(database_now())
        Invoice.objects.update(expires_on=today - timedelta(days=1))

        send_new_link(payable=Bill.objects.get(), now=database_now())
        sweeps.tidy(now=database_now())
        assert Invoice.objects.get().status == "OPEN"
        with pytest.raises(NewLinkNotPossible):
            send_new_link(payable=Bill.objects.get(), now=database_now())
        cancel_at_gateway(shop)
        sweeps.tidy(now=database_now())
        shop.push()

        assert shop.at_gateway(sent).status == InvoiceStatus.CANCELLED
        assert Invoice.objects.live().get().delivery == "SENT"
        assert len(shop.messages()) == 2
        assert find_differences(now=database_now()) == []

    def test_one_that_was_paid_on_its_last_day_is_not_followed(self, shop: SandboxedMerchant, sent: Invoice) -> None:
        today = shop.merchant.local_date(database_now())
        Invoice.objects.update(expires_on=today - timedelta(days=1))
        shop.customer_pays(sent)

        send_new_link(payable=Bill.objects.get(), now=database_now())
        cancel_at_gateway(shop)
        sweeps.tidy(now=database_now())

        assert Invoice.objects.get().status == "PAID"
        assert Bill.objects.get().status == "PAID"

    def test_a_link_being_cancelled_by_staff_is_not_renewed_past_them(
        self, shop: SandboxedMerchant, sent: Invoice
    ) -> None:
        today = shop.merchant.local_date(database_now())
        Invoice.objects.update(expires_on=today - timedelta(days=1))
        cancel(sent)

        with pytest.raises(NewLinkNotPossible):
            send_new_link(payable=Bill.objects.get(), now=database_now())

        assert Invoice.objects.get().renew_when_cancelled is False

    def test_asked_for_twice_at_the_same_moment_one_is_made(self, shop: SandboxedMerchant, sent: Invoice) -> None:
        if connection.vendor == "sqlite":
            pytest.skip("SQLite runs writers one after another")
        Invoice.objects.update(status="EXPIRED")
        now = database_now()

        failures = at_once(*[lambda: send_new_link(payable=Bill.objects.get(), now=now) for _ in range(4)])

        assert {type(failure) for failure in failures} <= {LiveInvoiceExists, NewLinkTooSoon}
        assert (len(failures), Invoice.objects.count(), Invoice.objects.live().count()) == (3, 2, 1)
        assert Event.objects.filter(name="new_link_asked").count() == 1

    def test_beside_a_cashier_taking_the_money_nothing_is_asked_for_twice(
        self, shop: SandboxedMerchant, sent: Invoice
    ) -> None:
        if connection.vendor == "sqlite":
            pytest.skip("SQLite runs writers one after another")
        Invoice.objects.update(status="EXPIRED")
        now, screen = database_now(), Bill.objects.get()

        at_once(lambda: take(screen, "100"), lambda: send_new_link(payable=Bill.objects.get(), now=now))
        sweeps.tidy(now=database_now())
        cancel_at_gateway(shop)

        owed = Bill.objects.get().amount_due
        assert Invoice.objects.live().count() == (1 if owed else 0)
        assert find_differences(now=database_now()) == []
