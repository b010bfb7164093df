"""Somebody says on a page "this is not me", and staff decide what that means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from billing.models import Customer, Event, Merchant, User, WrongRecipient
from billing.services.wrong_recipients import (
    AlreadyResolved,
    MessagesGoOn,
    MessagesStopped,
    check_messages_go_on,
    report_wrong_recipient,
    resolve_wrong_recipient,
    resume_messages,
)
from tests.factories import make_bill, make_merchant
from tests.invoices.acts import at_once
from tests.staff import make_staff

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)
Resolution = WrongRecipient.Resolution


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant()


@pytest.fixture
def customer(merchant: Merchant) -> Customer:
    return make_bill(merchant, now=NOON).customer


@pytest.fixture
def clerk(merchant: Merchant) -> User:
    return make_staff(merchant)


@pytest.fixture
def report(customer: Customer) -> WrongRecipient:
    report_wrong_recipient(customer=customer, now=NOON)
    return WrongRecipient.objects.get()


def events() -> list[tuple[str, str]]:
    told = Event.objects.filter(subject=Event.Subject.CUSTOMER).order_by("pk")
    return list(told.values_list("name", "actor"))


def test_messages_stop_and_staff_have_a_task(customer: Customer) -> None:
    report_wrong_recipient(customer=customer, now=NOON)

    customer.refresh_from_db()
    report = WrongRecipient.objects.get()
    assert customer.messages_stopped_at == NOON
    assert (report.customer_id, report.merchant_id) == (customer.pk, customer.merchant_id)
    assert (report.reported_at, report.resolved_at, report.resolution) == (NOON, None, "")
    assert events() == [("wrong_recipient_reported", "customer")]
    with pytest.raises(MessagesStopped):
        check_messages_go_on(customer_id=customer.pk)


def test_pressed_again_it_changes_nothing(customer: Customer, report: WrongRecipient) -> None:
    report_wrong_recipient(customer=customer, now=LATER)

    customer.refresh_from_db()
    assert customer.messages_stopped_at == NOON
    assert WrongRecipient.objects.get().reported_at == NOON
    assert events() == [("wrong_recipient_reported", "customer")]


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_the_same_moment_it_is_one_task(customer: Customer) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite runs writers one after another")
    presses = [lambda: report_wrong_recipient(customer=customer, now=NOON) for _ in range(6)]

    failures = at_once(*presses)

    assert failures == []
    assert WrongRecipient.objects.count() == 1
    assert events() == [("wrong_recipient_reported", "customer")]


def test_another_customer_of_the_merchant_goes_on_getting_messages(merchant: Merchant, report: WrongRecipient) -> None:
    other = make_bill(merchant, customer_phone="0770000002", now=NOON).customer

    check_messages_go_on(customer_id=other.pk)

    assert other.messages_stopped_at is None


def test_a_customer_with_the_same_phone_elsewhere_goes_on_getting_messages(report: WrongRecipient) -> None:
    elsewhere = make_bill(make_merchant("elsewhere"), now=NOON).customer

    check_messages_go_on(customer_id=elsewhere.pk)

    assert elsewhere.messages_stopped_at is None


def test_where_it_is_the_customer_messages_go_on(customer: Customer, report: WrongRecipient, clerk: User) -> None:
    resolved = resolve_wrong_recipient(report=report, resolution=Resolution.RESUMED, user=clerk, now=LATER)

    check_messages_go_on(customer_id=customer.pk)
    assert (resolved.resolved_at, resolved.resolved_by, resolved.resolution) == (LATER, clerk, "RESUMED")
    assert events()[-1] == ("messages_resumed", f"user:{clerk.pk}")


def test_where_it_is_not_they_stay_stopped_and_the_page_opens_no_second_task(
    customer: Customer, report: WrongRecipient, clerk: User
) -> None:
    resolve_wrong_recipient(report=report, resolution=Resolution.STOPPED, user=clerk, now=LATER)

    report_wrong_recipient(customer=customer, now=LATER)

    customer.refresh_from_db()
    assert customer.messages_stopped_at == NOON
    assert WrongRecipient.objects.get().resolution == "STOPPED"
    assert events()[-1] == ("messages_stay_stopped", f"user:{clerk.pk}")


def test_what_was_decided_is_not_decided_again(customer: Customer, report: WrongRecipient, clerk: User) -> None:
    resolve_wrong_recipient(report=report, resolution=Resolution.STOPPED, user=clerk, now=LATER)

    with pytest.raises(AlreadyResolved):
        resolve_wrong_recipient(report=report, resolution=Resolution.RESUMED, user=clerk, now=LATER)

    customer.refresh_from_db()
    assert customer.messages_stopped_at == NOON
    assert WrongRecipient.objects.get().resolution == "STOPPED"


def test_after_messages_went_on_it_can_be_reported_anew(
    customer: Customer, report: WrongRecipient, clerk: User
) -> None:
    resolve_wrong_recipient(report=report, resolution=Resolution.RESUMED, user=clerk, now=NOON)

    report_wrong_recipient(customer=customer, now=LATER)

    assert list(WrongRecipient.objects.order_by("pk").values_list("resolution", flat=True)) == ["RESUMED", ""]


@pytest.mark.parametrize("decided", [True, False])
def test_staff_let_messages_go_on_from_the_customers_page(
    customer: Customer, report: WrongRecipient, clerk: User, decided: bool
) -> None:
    if decided:
        resolve_wrong_recipient(report=report, resolution=Resolution.STOPPED, user=clerk, now=NOON)

    resume_messages(merchant_id=customer.merchant_id, customer_id=customer.pk, user=clerk, now=LATER)

    check_messages_go_on(customer_id=customer.pk)
    assert WrongRecipient.objects.get().resolution == ("STOPPED" if decided else "RESUMED")
    assert events()[-1] == ("messages_resumed", f"user:{clerk.pk}")


def test_messages_that_are_not_stopped_cannot_go_on(customer: Customer, clerk: User) -> None:
    with pytest.raises(MessagesGoOn):
        resume_messages(merchant_id=customer.merchant_id, customer_id=customer.pk, user=clerk, now=LATER)

    assert events() == []


def test_another_merchants_customer_does_not_exist(customer: Customer, report: WrongRecipient, clerk: User) -> None:
    stranger = make_merchant("stranger")

    with pytest.raises(Customer.DoesNotExist):
        resume_messages(merchant_id=stranger.pk, customer_id=customer.pk, user=clerk, now=LATER)

    customer.refresh_from_db()
    assert customer.messages_stopped_at == NOON
