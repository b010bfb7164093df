"""Two rows of one person become one: nothing is lost, and the double's number leads to whoever stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from billing.clock import database_now
from billing.models import Bill, Customer, Event, Merchant, User, WrongRecipient
from billing.services import promise_bill
from billing.services.links import customer_url
from billing.services.merged_customers import MergedAlready, NoFormerNumber, SameCustomer, release_number
from billing.services.notes import add_note
from billing.services.phone_numbers import PhoneTaken
from billing.services.wrong_recipients import report_wrong_recipient
from invoices.models import Invoice, PageOpening, Reminder
from invoices.services.collecting import overdue_customers
from invoices.services.corrected_phones import correct_phone
from invoices.services.merging.merge import LeftNumber, merge_customers
from invoices.services.merging.rehearsal import Holdings, holdings_of
from invoices.services.openings import note_opening
from subscriptions.models import Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.invoices.differences import find_differences
from tests.invoices.pages.documents import make_shop, page_of, send_invoice, take
from tests.staff import make_staff

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = "0777839071", "0790000001", "0788888888"


@pytest.fixture
def shop() -> Merchant:
    return make_shop()


@pytest.fixture
def manager(shop: Merchant) -> User:
    return make_staff(shop)


@pytest.fixture
def survivor(shop: Merchant) -> Customer:
    return make_bill(shop, customer_name="Ahmad Odeh", customer_email="", customer_national_id="9991234567").customer


@pytest.fixture
def double(shop: Merchant) -> Customer:
    """With one of everything that names a customer."""
    bill = make_bill(shop, customer_name="Ahmed Odeh", customer_phone=SECOND, customer_address="Amman")
    customer, now = bill.customer, timezone.now()
    make_subscription(shop, Subscription.Type.CUSTOM_SCHEDULE, customer_name="Ahmed Odeh", customer_phone=SECOND)
    invoice = send_invoice(bill)
    promise_bill(
        merchant_id=shop.pk, bill_id=bill.pk, until=shop.local_date(now) + timedelta(days=3), actor="user:1", now=now
    )
    take(bill, "1")
    remind(customer, invoice)
    note_opening(opened=customer, now=now)
    report_wrong_recipient(customer=customer, now=now)
    add_note(
        merchant_id=shop.pk, subject=Event.Subject.CUSTOMER, subject_id=customer.pk, text="Calls back", actor="user:1"
    )
    customer.refresh_from_db()
    return customer


def remind(customer: Customer, invoice: Invoice, *, days: int = 3, days_ago: int = 0) -> Reminder:
    now = timezone.now()
    return Reminder.objects.create(
        merchant=customer.merchant,
        customer=customer,
        bill=invoice.bill,
        invoice=invoice,
        days=days,
        channel="EMAIL",
        on_date=customer.merchant.local_date(now) - timedelta(days=days_ago),
        status="SENT",
        claimed_at=now,
    )


def merge(survivor: Customer, double: Customer, user: User, **stated: Any) -> Customer:
    asked: dict[str, Any] = {"taken": (), "left_number": LeftNumber.THEIRS, "reason": "the same man"} | stated
    return merge_customers(
        merchant_id=survivor.merchant_id,
        survivor_id=survivor.pk,
        double_id=double.pk,
        user=user,
        now=database_now(),
        **asked,
    )


def rows_naming(customer: Customer) -> dict[str, int]:
    """How many rows of each kind refer to the customer, but for those of former numbers."""
    found = {
        relation.related_model.__name__: relation.related_model._default_manager.filter(customer=customer).count()
        for relation in Customer._meta.related_objects
        if relation.related_model is not Customer
    }
    return {name: count for name, count in found.items() if count}


def test_all_that_the_double_has_is_the_survivors(survivor: Customer, double: Customer, manager: User) -> None:
    note_opening(opened=survivor, now=timezone.now())
    before, ours = rows_naming(double), rows_naming(survivor)
    assert set(before) == set(rows_naming_every_kind())
    known = find_differences(now=database_now())  # of the shortcuts taken above

    merge(survivor, double, manager)

    expected = {name: before.get(name, 0) + ours.get(name, 0) for name in before} | {"PageOpening": 1}
    assert rows_naming(double) == {}
    assert rows_naming(survivor) == expected
    assert PageOpening.objects.get(customer=survivor).count == 2
    assert find_differences(now=database_now()) == known


def rows_naming_every_kind() -> list[str]:
    models = [relation.related_model for relation in Customer._meta.related_objects]
    return [model.__name__ for model in models if model is not Customer]


def test_the_rehearsal_counts_it_and_the_timelines_keep_it(survivor: Customer, double: Customer, manager: User) -> None:
    plan_invoices = Invoice.objects.filter(customer=double, installment__isnull=False).count()
    counted = Holdings(
        bills=1,
        plans=1,
        invoices=1 + plan_invoices,
        open_invoices=1 + plan_invoices,
        payments=1,
        promises=1,
        notes=1,
    )
    assert holdings_of(double) == counted

    merge(survivor, double, manager, reason="the same man")

    told = Event.objects.get(subject=Event.Subject.CUSTOMER, subject_id=survivor.pk, name="merged")
    moved = {"bill": 1, "subscription": 1, "invoice": 1 + plan_invoices, "payment": 1}
    assert told.details == {"reason": "the same man", "double": double.pk, "moved": moved}
    assert told.actor == f"user:{manager.pk}"
    away = Event.objects.get(subject=Event.Subject.CUSTOMER, subject_id=double.pk, name="merged_away")
    assert away.details == {"reason": "the same man", "survivor": survivor.pk}


def test_documents_keep_what_they_were_made_out_to(survivor: Customer, double: Customer, manager: User) -> None:
    merge(survivor, double, manager, taken=["name"])

    moved = Bill.objects.get(customer_phone=SECOND)
    assert (moved.customer, moved.customer_name) == (survivor, "Ahmed Odeh")
    assert {invoice.customer_name for invoice in Invoice.objects.filter(bill=moved)} == {"Ahmed Odeh"}


def test_details_stand_as_chosen_and_empty_ones_are_filled(survivor: Customer, double: Customer, manager: User) -> None:
    merged = merge(survivor, double, manager, taken=["name", "phone"])

    merged.refresh_from_db()
    assert (merged.name, merged.phone) == ("Ahmed Odeh", "+962790000001")
    assert (merged.email, merged.national_id, merged.address) == ("info@razzbery.com", "9991234567", "Amman")
    former = Customer.objects.get(pk=double.pk)
    assert (former.phone, former.merged_into) == ("+962777839071", survivor)


@pytest.mark.parametrize("taken", [(), ("phone",)])
def test_bills_for_either_number_are_the_survivors_from_then_on(
    shop: Merchant, survivor: Customer, double: Customer, manager: User, taken: tuple[str, ...]
) -> None:
    merge(survivor, double, manager, taken=taken)
    stands = Customer.objects.get(pk=survivor.pk).phone

    for phone in (FIRST, SECOND):
        assert make_bill(shop, customer_phone=phone, customer_name="Ahmad Odeh").customer_id == survivor.pk
    plan = make_subscription(shop, customer_phone=SECOND if stands.endswith("071") else FIRST, customer_name="Typo")

    assert plan.customer_id == survivor.pk
    assert Customer.objects.get(pk=survivor.pk).name == "Ahmad Odeh"
    assert Customer.objects.count() == 2


def test_whoever_merged_into_the_double_before_leads_on(
    shop: Merchant, survivor: Customer, double: Customer, manager: User
) -> None:
    third = make_bill(shop, customer_phone=THIRD).customer
    merge(double, third, manager)

    merge(survivor, double, manager)

    assert make_bill(shop, customer_phone=THIRD).customer_id == survivor.pk
    assert set(Customer.objects.exclude(pk=survivor.pk).values_list("merged_into", flat=True)) == {survivor.pk}


def test_whoever_is_to_be_called_comes_with_the_notes_of_both(
    shop: Merchant, survivor: Customer, double: Customer, manager: User
) -> None:
    merge(survivor, double, manager)

    today = shop.local_date(timezone.now())
    (overdue,) = overdue_customers(merchant=shop, today=today, offset=0, limit=9)

    assert overdue.customer == survivor
    assert overdue.last_note is not None
    assert overdue.last_note.details == {"note": "Calls back"}


def test_of_two_reminders_of_one_day_each_keeps_its_day(survivor: Customer, double: Customer, manager: User) -> None:
    remind(survivor, send_invoice(survivor.bills.get()))
    other_day = remind(double, Invoice.objects.get(bill__customer=double), days=9, days_ago=1)

    merge(survivor, double, manager)

    assert Reminder.objects.filter(customer=double).count() == 1
    other_day.refresh_from_db()
    assert other_day.customer == survivor


def test_where_the_other_number_is_theirs_open_invoices_stay(
    survivor: Customer, double: Customer, manager: User
) -> None:
    page = page_of(Bill.objects.get(customer=double))

    merge(survivor, double, manager)

    assert not Invoice.objects.exclude(cancel_requested_at=None).exists()
    assert Client().get(page).status_code == 200
    report = WrongRecipient.objects.get()
    assert (report.resolution, report.customer) == ("RESUMED", survivor)


@pytest.mark.parametrize("taken", [(), ("phone",)])
def test_what_a_wrong_number_was_sent_is_revoked_and_asked_for_anew(
    survivor: Customer, double: Customer, manager: User, taken: tuple[str, ...]
) -> None:
    ours, theirs = send_invoice(survivor.bills.get()), Invoice.objects.get(bill__customer=double)
    pages = {invoice.pk: page_of(invoice.payable) for invoice in (ours, theirs)}
    wrong, right = (ours, theirs) if taken else (theirs, ours)

    merge(survivor, double, manager, taken=taken, left_number=LeftNumber.WRONG)

    kept, replaced = Invoice.objects.get(pk=right.pk), Invoice.objects.get(pk=wrong.pk)
    assert (replaced.renew_when_cancelled, replaced.cancel_reason) == (True, "REPLACED")
    assert kept.cancel_requested_at is None
    assert Client().get(pages[wrong.pk]).status_code != 200
    assert Client().get(pages[right.pk]).status_code == 200
    assert Customer.objects.get(pk=survivor.pk).link_version == (2 if taken else 1)


def test_whether_messages_are_stopped_goes_with_the_number(survivor: Customer, double: Customer, manager: User) -> None:
    merge(survivor, double, manager, taken=["phone"])

    survivor.refresh_from_db()
    assert survivor.messages_stopped_at is not None
    assert WrongRecipient.objects.get(resolved_at=None).customer == survivor


def test_the_doubles_page_is_gone_and_the_survivors_shows_it_all(
    survivor: Customer, double: Customer, manager: User
) -> None:
    old, kept = (
        urlsplit(customer_url(merchant_username="razzbery", customer=each)).path for each in (double, survivor)
    )
    assert Client().get(old).status_code == 200

    merge(survivor, double, manager)

    assert Client().get(old).status_code == 404
    page = Client().get(kept).content.decode()
    assert all(page_of(bill) in page for bill in Bill.objects.all())


def test_nobody_is_merged_twice_into_themselves_or_across_merchants(
    shop: Merchant, survivor: Customer, double: Customer, manager: User
) -> None:
    stranger = make_bill(make_merchant("elsewhere"), customer_phone=THIRD).customer
    before = Event.objects.count()

    with pytest.raises(SameCustomer):
        merge(survivor, survivor, manager)
    with pytest.raises(Customer.DoesNotExist):
        merge(survivor, stranger, manager)
    with pytest.raises(Customer.DoesNotExist):
        merge(stranger, double, manager)

    assert Event.objects.count() == before
    merge(survivor, double, manager)
    with pytest.raises(MergedAlready):
        merge(survivor, double, manager)
    with pytest.raises(MergedAlready):
        merge(double, survivor, manager)
    with pytest.raises(MergedAlready):
        correct_phone(merchant_id=shop.pk, customer_id=double.pk, phone=THIRD, user=manager, now=database_now())
    assert Event.objects.filter(name="merged").count() == 1


def test_a_former_number_is_somebody_elses_only_after_it_was_let_go(
    shop: Merchant, survivor: Customer, double: Customer, manager: User
) -> None:
    merge(survivor, double, manager)
    other = make_bill(shop, customer_phone=THIRD).customer
    now = database_now()
    with pytest.raises(PhoneTaken):
        correct_phone(merchant_id=shop.pk, customer_id=other.pk, phone=SECOND, user=manager, now=now)
    let_go: dict[str, Any] = {"merchant_id": shop.pk, "former_id": double.pk, "actor": "user:1", "now": now}
    with pytest.raises(NoFormerNumber):
        release_number(customer_id=other.pk, **let_go)

    assert release_number(customer_id=survivor.pk, **let_go) == "+962790000001"

    assert make_bill(shop, customer_phone=SECOND).customer_id not in (survivor.pk, double.pk)
    with pytest.raises(NoFormerNumber):
        release_number(customer_id=survivor.pk, **let_go)


def test_the_customer_can_go_back_to_a_former_number(
    shop: Merchant, survivor: Customer, double: Customer, manager: User
) -> None:
    merge(survivor, double, manager)

    customer = correct_phone(
        merchant_id=shop.pk, customer_id=survivor.pk, phone=SECOND, user=manager, now=database_now()
    )

    assert customer.phone == "+962790000001"
    assert make_bill(shop, customer_phone=SECOND).customer_id == survivor.pk
