"""The gateway refused the channel: the next one is tried, by an invoice of its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.clock import database_now
from billing.models import Bill, Channel, Customer, Event, Merchant
from billing.services import cancel_bill
from invoices.gateway.errors import CredentialsRefused, OrderInvalid, Rejected
from invoices.models import Invoice
from invoices.sandbox.models import FaultKind
from invoices.services import sweeps
from invoices.services.fallback import fall_back, is_about_the_channel
from tests.factories import make_bill, make_subscription
from tests.invoices.acts import at_once, cancel, tidy_later
from tests.invoices.differences import find_differences
from tests.invoices.sandbox_account import SandboxedMerchant

pytestmark = pytest.mark.django_db(transaction=True)

Delivery = Invoice.Delivery
Status = Invoice.Status
CHANNEL_REFUSED = Invoice.CancelReason.CHANNEL_REFUSED


def invoices() -> list[tuple[str, str, str]]:
    return list(Invoice.objects.order_by("pk").values_list("channel", "status", "delivery"))


@pytest.fixture
def refused(shop: SandboxedMerchant) -> Invoice:
    """An SMS invoice as a process leaves it that dies after writing the refusal down."""
    make_bill(shop.merchant)
    shop.issue()
    Invoice.objects.update(delivery=Delivery.REJECTED, renew_when_cancelled=True, problem="no such number")
    return Invoice.objects.get()


@pytest.mark.parametrize("kind", ["bill", "installment"])
def test_a_refused_sms_goes_by_whatsapp_under_a_reference_of_its_own(shop: SandboxedMerchant, kind: str) -> None:
    if kind == "bill":
        make_bill(shop.merchant)
    else:
        # One payment alone: of several, a successor may be called before the last of them, and meet its fault.
        make_subscription(
            shop.merchant,
            "CUSTOM_SCHEDULE",
            total_amount=Decimal("300.000"),
            custom_installments=((date(2025, 12, 10), Decimal("300.000"), "Only payment"),),
        )
    shop.issue()
    shop.fault(FaultKind.FIELD_ERRORS, count=1)

    shop.push()
    shop.push()

    refused = Invoice.objects.filter(channel=Channel.SMS)
    assert set(refused.values_list("status", "delivery", "cancel_reason")) == {
        (Status.CANCELLED, Delivery.REJECTED, CHANNEL_REFUSED)
    }
    successors = Invoice.objects.filter(channel=Channel.WHATSAPP)
    assert set(successors.values_list("status", "delivery", "issue_no")) == {(Status.OPEN, Delivery.SENT, 2)}
    assert (refused.count(), successors.count()) == (1, 1)
    assert shop.book()["totals"] == {"invoices": 1, "not_cancelled": 1, "create_calls": 2}
    assert find_differences(now=database_now()) == []


def test_each_channel_is_tried_once_and_after_the_last_a_person_decides(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.FIELD_ERRORS)

    for _ in range(6):
        shop.push()
        sweeps.tidy(now=database_now())

    assert invoices() == [
        (Channel.SMS, Status.CANCELLED, Delivery.REJECTED),
        (Channel.WHATSAPP, Status.CANCELLED, Delivery.REJECTED),
        (Channel.EMAIL, Status.CANCELLED, Delivery.REJECTED),
        (Channel.LINK, Status.OPEN, Delivery.REJECTED),
    ]
    assert Invoice.objects.live().get().problem != ""
    assert find_differences(now=database_now()) == []


def test_an_email_without_an_address_is_passed_over_and_never_tried(shop: SandboxedMerchant) -> None:
    Merchant.objects.update(channel=Channel.WHATSAPP)
    shop.merchant.refresh_from_db()
    make_bill(shop.merchant, customer_email="")
    shop.issue()
    shop.fault(FaultKind.FIELD_ERRORS, count=1)

    shop.push()
    shop.push()

    assert [channel for channel, _, _ in invoices()] == [Channel.WHATSAPP, Channel.LINK]
    assert Invoice.objects.live().get().delivery == Delivery.SENT


def test_a_merchants_email_without_an_address_ends_as_a_link_without_a_refused_call(shop: SandboxedMerchant) -> None:
    Merchant.objects.update(channel=Channel.EMAIL)
    shop.merchant.refresh_from_db()
    make_bill(shop.merchant, customer_email="")
    shop.issue()

    shop.push()
    shop.push()

    assert [channel for channel, _, _ in invoices()] == [Channel.EMAIL, Channel.LINK]
    assert shop.book()["totals"]["create_calls"] == 1


def test_a_merchant_who_wants_no_other_channel_gets_none(shop: SandboxedMerchant) -> None:
    Merchant.objects.update(falls_back=False)
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.FIELD_ERRORS, count=1)

    shop.push()
    sweeps.tidy(now=database_now())

    assert invoices() == [(Channel.SMS, Status.OPEN, Delivery.REJECTED)]
    assert not Invoice.objects.get().renew_when_cancelled


def test_a_refusal_that_does_not_say_what_is_wrong_waits_for_a_person(shop: SandboxedMerchant) -> None:
    assert shop.merchant.falls_back
    make_bill(shop.merchant)
    shop.issue()
    shop.fault(FaultKind.STATUS_FALSE)

    shop.push()
    tidy_later()
    shop.push()

    assert invoices() == [(Channel.SMS, Status.OPEN, Delivery.REJECTED)]
    assert Invoice.objects.get().problem == "Invalid request data"
    assert shop.book()["totals"] == {"invoices": 0, "not_cancelled": 0, "create_calls": 1}


def test_what_no_other_channel_would_mend_stays_with_staff(shop: SandboxedMerchant) -> None:
    make_bill(shop.merchant)
    shop.issue()
    Invoice.objects.update(customer_name=" ")

    shop.push()
    sweeps.tidy(now=database_now())

    assert invoices() == [(Channel.SMS, Status.OPEN, Delivery.REJECTED)]
    assert "name is missing" in Invoice.objects.get().problem


def test_the_sweep_goes_on_where_a_process_died_after_the_refusal(refused: Invoice) -> None:
    assert [sweeps.tidy(now=database_now())["fallen_back"] for _ in range(2)] == [1, 0]

    refused.refresh_from_db()
    assert (refused.status, refused.cancel_reason) == (Status.CANCELLED, CHANNEL_REFUSED)
    assert Invoice.objects.live().get().channel == Channel.WHATSAPP
    told = Event.objects.filter(subject_id=refused.pk, subject=Event.Subject.INVOICE, name="cancelled").get()
    assert told.details == {"reason": CHANNEL_REFUSED}


def test_run_by_several_at_once_it_makes_one(refused: Invoice) -> None:
    def act() -> None:
        fall_back(invoice_id=refused.pk, now=database_now())

    assert at_once(*[act] * 4) == []

    assert [channel for channel, _, _ in invoices()] == [Channel.SMS, Channel.WHATSAPP]


def test_what_is_owed_no_longer_gets_no_other_channel(shop: SandboxedMerchant, refused: Invoice) -> None:
    bill = Bill.objects.get()
    cancel_bill(merchant_id=shop.merchant.pk, bill_id=bill.pk, reason="", actor="user:1", now=database_now())

    assert fall_back(invoice_id=refused.pk, now=database_now()) is None
    tidy_later()

    assert invoices() == [(Channel.SMS, Status.CANCELLED, Delivery.REJECTED)]
    assert Invoice.objects.get().cancel_reason == Invoice.CancelReason.PAYABLE_CANCELLED


def test_what_staff_cancel_meanwhile_is_not_followed(refused: Invoice) -> None:
    cancel(refused)

    assert fall_back(invoice_id=refused.pk, now=database_now()) is None
    tidy_later()

    assert invoices() == [(Channel.SMS, Status.CANCELLED, Delivery.REJECTED)]
    assert Invoice.objects.get().cancel_reason == Invoice.CancelReason.BY_STAFF


def test_the_successor_goes_to_what_is_known_of_the_customer_now(refused: Invoice) -> None:
    Invoice.objects.update(channel=Channel.WHATSAPP)
    Bill.objects.update(customer_email="")
    Customer.objects.update(email="later@razzbery.com")

    fall_back(invoice_id=refused.pk, now=database_now())

    successor = Invoice.objects.live().get()
    assert (successor.channel, successor.customer_email) == (Channel.EMAIL, "later@razzbery.com")


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (Rejected("no"), False),
        (Rejected("no", code=506), False),
        (Rejected("no", field_errors={"mobileNumber": ["x"], "countryCode": ["y"]}), True),
        (Rejected("no", field_errors={"customerEmail": ["x"]}), True),
        (Rejected("no", field_errors={"invoiceType": ["x"], "invoiceSubType": ["x"]}), True),
        (OrderInvalid("customerEmail", "none"), True),
        (Rejected("no", field_errors={"amount": ["x"]}), False),
        (Rejected("no", field_errors={"amount": ["x"], "mobileNumber": ["x"]}), False),
        (OrderInvalid("expiresAt", "past"), False),
        (CredentialsRefused("no"), False),
    ],
)
def test_only_a_refusal_of_the_channel_or_the_contact_counts(refusal: Any, expected: bool) -> None:
    assert is_about_the_channel(refusal) is expected
