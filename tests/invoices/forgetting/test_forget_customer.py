"""A person is forgotten: nothing in any column of any table names them any more, and the books are as they were."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import models
from django.test import Client

from billing.clock import database_now
from billing.models import (
    Bill,
    Customer,
    Event,
    IdempotencyKey,
    ImportFile,
    JobRow,
    Merchant,
    User,
    WebhookDelivery,
    WrongRecipient,
)
from invoices.documents.receipt_codes import sign_receipt
from invoices.gateway.invoices import GatewayInvoice
from invoices.models import Enquiry, Invoice, Payment, Reminder
from invoices.policy import GatewayPolicy
from invoices.services.enquiries.answers import apply_answer
from invoices.services.enquiries.enquiry import Answer
from invoices.services.forgetting.forget import ForgottenAlready
from tests.factories import make_bill, make_merchant
from tests.invoices.forgetting.forget import books, close_everything, forget
from tests.invoices.forgetting.signs import FORMER, HOLDERS, MARK, PHONE, SIGNS, columns_with
from tests.invoices.pages.documents import page_of

pytestmark = pytest.mark.django_db


def test_nothing_in_any_table_names_the_person_any_more(person: Customer, owner: User) -> None:
    close_everything(person)
    assert columns_with(*SIGNS) == HOLDERS
    before, name = books(), f"Forgotten customer {person.pk}"

    forget(person, owner)

    assert columns_with(*SIGNS) == set()
    assert books() == before
    assert set(Bill.objects.filter(customer=person).values_list("customer_name", "notes")) == {(name, "")}
    assert set(Customer.objects.exclude(forgotten_at=None).values_list("name", flat=True)) == {name}
    assert Reminder.objects.get().status == "NOT_SENT"
    assert WrongRecipient.objects.get().resolution == "STOPPED"


def test_what_the_gateway_still_says_brings_nothing_back(shop: Merchant, person: Customer, owner: User) -> None:
    close_everything(person)
    expired = Invoice.objects.filter(customer=person).order_by("pk")[0]
    Invoice.objects.filter(pk=expired.pk).update(status="EXPIRED", delivery="UNKNOWN")
    forget(person, owner)
    found = GatewayInvoice(
        gateway_id="72",
        token="t",
        url=f"https://x/{MARK}",
        reference=expired.reference,
        amount=expired.amount,
        status=0,
        transaction_token=None,
        raw={"name": MARK},
    )
    answer = Answer(finding=Enquiry.Finding.UNPAID, reference=expired.reference, alive=(found,), found=found)

    apply_answer(invoice_id=expired.pk, answer=answer, policy=GatewayPolicy.from_settings(), now=database_now())

    expired.refresh_from_db()
    assert (expired.delivery, expired.gateway_id, expired.gateway_token) == ("SENT", "72", "t")
    assert columns_with(*SIGNS) == set()


def test_others_are_left_as_they_were_and_copies_are_still_copies(
    shop: Merchant, person: Customer, owner: User
) -> None:
    close_everything(person)

    forget(person, owner)

    mona = Bill.objects.get(customer_name="Mona Saleh")
    assert mona.customer.phone == "+962788888888"
    keys = JobRow.objects.exclude(key__startswith="Forgotten").values_list("key", flat=True)
    assert sorted(keys) == ["3 · Mona Saleh", "Mona Saleh"]
    assert columns_with("mona saleh") >= {"JobRow.values", "Bill.customer_name", "Customer.name"}
    answer = json.loads(IdempotencyKey.objects.get().answer)
    assert (answer["data"]["customerName"], answer["data"]["dueAmount"]) == (f"Forgotten customer {person.pk}", 5)
    assert not ImportFile.objects.exists()
    assert set(WebhookDelivery.objects.exclude(event=None).values_list("body", flat=True)) == {""}


def test_links_are_dead_numbers_are_free_and_receipts_go_on_verifying(
    shop: Merchant, person: Customer, owner: User, settings: Any
) -> None:
    close_everything(person)
    page = page_of(Bill.objects.filter(customer=person).order_by("pk")[0])
    code = sign_receipt(Payment.objects.get().pk, username="razzbery", key=settings.PAYMENT_LINK_KEY)
    assert Client().get(page).status_code == 200

    forget(person, owner)

    assert Client().get(page).status_code != 200
    receipt = Client().get(f"/razzbery/r/{code}")
    assert (receipt.status_code, "RCP-20270101-0001" in receipt.content.decode()) == (200, True)
    for phone in (PHONE, FORMER):
        customer = make_bill(shop, customer_phone=phone).customer
        assert (customer.forgotten_at, customer.bills.count()) == (None, 1)


def test_it_is_done_once_and_for_ones_own_merchant(person: Customer, owner: User) -> None:
    close_everything(person)
    stranger = make_merchant("stranger")
    with pytest.raises(Customer.DoesNotExist):
        forget(person, owner, merchant_id=stranger.pk)
    assert columns_with(*SIGNS) == HOLDERS

    forget(person, owner)

    events = Event.objects.count()
    with pytest.raises(ForgottenAlready):
        forget(person, owner)
    assert Event.objects.count() == events


def test_whoever_has_documents_is_never_deleted(shop: Merchant) -> None:
    customer = make_bill(shop).customer

    for row in (customer, shop):
        with pytest.raises(models.ProtectedError):
            row.delete()
