"""A person is forgotten: nothing in any column of any table names them any more, and the books are as they were."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from billing.clock import database_now
from billing.importing.importing import start_import
from billing.jobs.running import run_jobs
from billing.jobs.starting import NewRow, start_job
from billing.models import (
    Bill,
    Customer,
    Event,
    IdempotencyKey,
    ImportFile,
    Job,
    JobRow,
    Merchant,
    User,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WrongRecipient,
)
from billing.services import cancel_bill, record_event
from billing.services.notes import add_note
from billing.services.wrong_recipients import report_wrong_recipient
from invoices.documents.receipt_codes import sign_receipt
from invoices.gateway.invoices import GatewayInvoice
from invoices.models import (
    AuditDifference,
    AuditRun,
    Credit,
    DeliveryAttempt,
    Enquiry,
    GatewayCallback,
    Invoice,
    Payment,
    ReceiptEmail,
    Refund,
    Reminder,
    Shift,
)
from invoices.policy import GatewayPolicy
from invoices.services.corrected_phones import correct_phone
from invoices.services.enquiries.answers import apply_answer
from invoices.services.enquiries.enquiry import Answer
from invoices.services.forgetting import job_rows
from invoices.services.forgetting.forget import ForgottenAlready, StillOpen, forget_customer
from invoices.services.forgetting.job_rows import named_rows
from invoices.services.forgetting.person import read_person
from invoices.services.merging.merge import LeftNumber, merge_customers
from subscriptions.models import Installment, Subscription
from tests.billing.importing.uploads import BILL_HEADER, MONA, csv_file, guessed, upload
from tests.factories import make_api_key, make_bill, make_merchant, make_subscription
from tests.invoices.pages.documents import make_shop, page_of, send_invoice
from tests.staff import make_staff

pytestmark = pytest.mark.django_db

MARK: Final = "recognisable"
PHONE, FORMER = "0791234599", "0795432188"
# Every way in which the person could be known again.
SIGNS: Final = (MARK, "791234599", "795432188", "9876501234")
# What keeps the signs of somebody, as the test plants them; what a search with SIGNS finds must be these.
HOLDERS: Final = {
    "AuditDifference.problem",
    "Bill.customer_email",
    "Bill.customer_name",
    "Bill.customer_phone",
    "Bill.description",
    "Bill.notes",
    "Credit.reason",
    "Customer.address",
    "Customer.email",
    "Customer.name",
    "Customer.national_id",
    "Customer.phone",
    "Customer.search_name",
    "DeliveryAttempt.detail",
    "Enquiry.detail",
    "Event.details",
    "GatewayCallback.payload",
    "GatewayCallback.problem",
    "IdempotencyKey.answer",
    "ImportFile.content",
    "Installment.description",
    "Invoice.customer_email",
    "Invoice.customer_name",
    "Invoice.customer_phone",
    "Invoice.description",
    "Invoice.gateway_answer",
    "Invoice.gateway_url",
    "Invoice.problem",
    "Job.parameters",
    "Job.title",
    "JobRow.key",
    "JobRow.values",
    "Payment.note",
    "ReceiptEmail.address",
    "ReceiptEmail.detail",
    "Refund.reason",
    "Reminder.detail",
    "Shift.note",
    "Subscription.customer_email",
    "Subscription.customer_name",
    "Subscription.customer_phone",
    "Subscription.description",
    "Subscription.notes",
    "WebhookAttempt.detail",
    "WebhookDelivery.body",
    "WebhookDelivery.detail",
}


def columns_with(*signs: str) -> set[str]:
    """Every text, JSON and binary column of every table that holds one of these, in any spelling of its letters."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.GeneratedField)
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, kinds):
                values = model._base_manager.values_list(field.attname, flat=True)
                if any(sign in _text(value) for value in values for sign in signs):
                    found.add(f"{model.__name__}.{field.name}")
    return found


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="replace").lower()
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)).lower()


@pytest.fixture
def shop() -> Merchant:
    merchant = make_shop(currency="JOD")
    WebhookEndpoint.objects.create(merchant=merchant, url="https://hooks.example.com", secret="s")
    return merchant


@pytest.fixture
def owner(shop: Merchant) -> User:
    return make_staff(shop)


def stated(**changed: Any) -> dict[str, Any]:
    person = {"customer_name": "Zaynab Recognisable", "customer_phone": PHONE, "customer_email": f"z@{MARK}.example"}
    return person | {"description": f"for {MARK}", "notes": f"{MARK} calls"} | changed


@pytest.fixture
def person(shop: Merchant, owner: User) -> Customer:
    """Known everywhere, with nothing open but what `close_everything` closes."""
    bill = make_bill(shop, **stated(), customer_national_id="9876501234", customer_address=f"7 {MARK} street")
    customer, now = bill.customer, timezone.now()
    plan = make_subscription(shop, Subscription.Type.CUSTOM_SCHEDULE, **stated())
    plan.installments.update(description=f"of {MARK}")
    _merge_in_a_double(customer, owner)
    _post_to_the_api(shop)
    _import(shop, owner)
    _start_a_job(shop, owner, customer)
    invoice = send_invoice(bill, gateway_answer={"to": PHONE}, gateway_url=f"https://x/{MARK}", problem=MARK)
    _leave_traces_of_an_invoice(invoice, owner)
    report_wrong_recipient(customer=customer, now=now)
    add_note(
        merchant_id=shop.pk, subject=Event.Subject.CUSTOMER, subject_id=customer.pk, text=f"{MARK}!", actor="user:1"
    )
    by_owner = {"merchant": shop, "cashier": owner, "currency": "JOD", "opening_float": 0, "opened_at": now}
    Shift.objects.create(**by_owner, note="Zaynab Recognisable paid late")
    record_event(
        merchant_id=shop.pk,
        subject=Event.Subject.MERCHANT,
        subject_id=shop.pk,
        name="job_held",
        actor="user:1",
        reason="Zaynab Recognisable",
    )
    run = AuditRun.objects.create(started_at=now)
    AuditDifference.objects.create(run=run, merchant=shop, invariant="I1", subject_id=1, problem=f"z@{MARK}.example")
    told = WebhookDelivery.objects.filter(event__subject=Event.Subject.BILL, event__subject_id=bill.pk)
    assert told.update(body=f'"{MARK}"', detail=MARK)
    WebhookAttempt.objects.create(merchant=shop, delivery=told[0], started_at=now, detail=MARK)
    customer.refresh_from_db()
    return customer


def _merge_in_a_double(customer: Customer, owner: User) -> None:
    double = make_bill(customer.merchant, **stated(customer_phone=FORMER)).customer
    merge_customers(
        merchant_id=customer.merchant_id,
        survivor_id=customer.pk,
        double_id=double.pk,
        taken=(),
        left_number=LeftNumber.THEIRS,
        reason=f"{MARK} has two phones",
        user=owner,
        now=database_now(),
    )


def _post_to_the_api(shop: Merchant) -> None:
    body = {"customerName": "Zaynab Recognisable", "customerPhone": PHONE, "serviceType": "Water", "dueAmount": 5}
    headers = {"X-API-Key": make_api_key(shop), "Idempotency-Key": "once"}
    content = json.dumps(body | {"dueDate": "2027-01-31"})
    answer = Client().post("/razzbery/v1/add/bill", content, content_type="application/json", headers=headers)
    assert answer.status_code == 200


def _import(shop: Merchant, owner: User) -> None:
    content = csv_file(BILL_HEADER, "Zaynab Recognisable,+962 79 123 4599,Water,3,2027-12-31", MONA)
    file = upload(shop, content, by=owner, now=timezone.now())
    start_import(
        merchant_id=shop.pk,
        file_id=file.pk,
        choices=guessed(file),
        only_good=False,
        started_by=owner,
        now=timezone.now(),
    )
    run_jobs(seconds=60)


def _start_a_job(shop: Merchant, owner: User, customer: Customer) -> None:
    """An act on a list that was found by the person's number; it is over."""
    parameters = {"model": "billing.customer", "act": "channel", "filter": "q=%2B962+791234599"}
    rows = [NewRow(target_id=customer.pk, key=customer.name), NewRow(target_id=customer.pk + 999, key="Mona Saleh")]
    job = start_job(
        merchant=shop,
        kind="ACT",
        title="Zaynab Recognisable",
        rows=rows,
        parameters=parameters,
        created_by=owner,
        now=timezone.now(),
    )
    Job.objects.filter(pk=job.pk).update(status="DONE", finished_at=timezone.now())


def _leave_traces_of_an_invoice(invoice: Invoice, owner: User) -> None:
    now = timezone.now()
    of_invoice = {"merchant": invoice.merchant, "invoice": invoice, "gateway_account": invoice.gateway_account}
    DeliveryAttempt.objects.create(**of_invoice, action="CREATE", channel="SMS", detail=MARK, started_at=now)
    enquiry = Enquiry.objects.create(**of_invoice, finding="PAID", merchant_code="1", detail=MARK, asked_at=now)
    GatewayCallback.objects.create(
        merchant=invoice.merchant,
        watch_id="w",
        kind="WEBHOOK",
        payload=MARK.encode(),
        payload_digest="d",
        state="RESOLVED",
        invoice=invoice,
        problem=MARK,
    )
    payment = Payment.objects.create(
        merchant=invoice.merchant,
        customer=invoice.customer,
        invoice=invoice,
        bill=invoice.bill,
        method="GATEWAY",
        currency="JOD",
        amount=Decimal(2),
        applied_amount=Decimal(2),
        gateway_account=invoice.gateway_account,
        transaction_token="T-1",
        enquiry=enquiry,
        note=f"from {MARK}",
        receipt_no="RCP-20270101-0001",
        received_at=now,
    )
    ReceiptEmail.objects.create(
        merchant=invoice.merchant, payment=payment, address=f"z@{MARK}.example", status="SENT", detail=MARK, due_at=now
    )
    decided = {"requested_by": owner, "requested_at": now, "decided_by": owner, "decided_at": now}
    of_payment = {"merchant": invoice.merchant, "payment": payment, "amount": 1, "status": "REJECTED"}
    Refund.objects.create(
        **of_payment, **decided, settled_amount=0, method="CASH", reason=MARK, needs_second_person=False
    )
    Credit.objects.create(**of_payment, **decided, bill=invoice.bill, reason=MARK, needs_second_person=False)
    Reminder.objects.create(
        merchant=invoice.merchant,
        customer=invoice.customer,
        bill=invoice.bill,
        invoice=invoice,
        days=1,
        channel="WHATSAPP",
        on_date=invoice.merchant.local_date(now) - timedelta(days=1),
        status="TO_DO",
        detail=MARK,
        claimed_at=now,
    )


def close_everything(customer: Customer) -> None:
    for bill in customer.bills.filter(status="PENDING"):
        stated = {"merchant_id": customer.merchant_id, "bill_id": bill.pk, "actor": "user:1", "now": timezone.now()}
        cancel_bill(**stated, reason=f"{MARK} has moved")
    Subscription.objects.filter(customer=customer).update(status="CANCELLED")
    Installment.objects.filter(subscription__customer=customer).update(status="CANCELLED")
    Invoice.objects.filter(customer=customer).update(status="CANCELLED")


def forget(customer: Customer, user: User, **changed: Any) -> Customer:
    asked: dict[str, Any] = {"merchant_id": customer.merchant_id, "customer_id": customer.pk, "reason": "by letter"}
    return forget_customer(**asked | changed, user=user, now=database_now())


def books() -> list[Any]:
    """What has to be kept: numbers, amounts, days, states, what was sold, and what happened when."""
    events = Event.objects.exclude(name__in=["forgotten", "messages_stay_stopped"])
    return [
        *Bill.objects.order_by("pk").values_list("billing_no", "amount", "due_date", "status", "service_type"),
        *Subscription.objects.order_by("pk").values_list("subscription_no", "total_amount", "product_name", "status"),
        *Installment.objects.order_by("pk").values_list("sequence", "amount", "due_date", "status"),
        *Invoice.objects.order_by("pk").values_list("number", "reference", "amount", "status", "gateway_id"),
        *Payment.objects.order_by("pk").values_list("amount", "applied_amount", "receipt_no", "transaction_token"),
        *Refund.objects.order_by("pk").values_list("amount", "status", "requested_by"),
        *events.order_by("pk").values_list("subject", "subject_id", "name", "actor", "occurred_at"),
    ]


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


def test_while_anything_is_open_nothing_is_forgotten(person: Customer, owner: User) -> None:
    Job.objects.update(status="QUEUED")
    Payment.objects.update(applied_amount=1, review_reason="OVERPAID")
    Refund.objects.update(status="REQUESTED", decided_by=None, decided_at=None, amount=Decimal("0.5"))
    Credit.objects.update(status="REQUESTED", decided_by=None, decided_at=None, amount=Decimal("0.1"))
    ReceiptEmail.objects.update(status="DUE")
    before = columns_with(*SIGNS)

    with pytest.raises(StillOpen) as refusal:
        forget(person, owner)

    said = str(refusal.value.details["reason"])
    for what in (
        "bills are still owed",
        "subscription goes on",
        "invoices are open",
        "payment has money left",
        "refund or credit is not done",
        "message is just being sent",
        "jobs about them",
    ):
        assert what in said
    assert columns_with(*SIGNS) == before
    assert Customer.objects.filter(forgotten_at=None, pk=person.pk).exists()


def test_what_hangs_on_a_former_number_or_a_job_that_goes_on_is_still_open(
    shop: Merchant, person: Customer, owner: User
) -> None:
    close_everything(person)
    Reminder.objects.update(status="CLAIMED", customer=person.former_numbers.get())
    searched = Job.objects.get(kind="ACT")
    searched.rows.filter(key="Zaynab Recognisable").delete()
    Job.objects.filter(pk=searched.pk).update(status="RUNNING", title="1 customer")

    with pytest.raises(StillOpen) as refusal:
        forget(person, owner)

    said = str(refusal.value.details["reason"])
    assert "1 message is just being sent" in said
    assert "1 job about them is not over" in said
    assert Job.objects.get(pk=searched.pk).parameters == searched.parameters


def test_lines_that_name_them_at_another_phone_are_emptied(
    shop: Merchant, person: Customer, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_rows, "_LOOKED_THROUGH_AT_ONCE", 1)
    close_everything(person)
    cells = {"name": "ZAYNAB RECOGNISABLE", "phone": "0770000001"}
    JobRow.objects.filter(key__contains="Mona").update(key="3", values={"cells": cells})

    forget(person, owner)

    assert columns_with(*SIGNS) == set()


WRITTEN: Final = (
    "+962 79 123 4599",
    "079-123-4599",
    "٠٧٩ ١٢٣ ٤٥٩٩",
    "۰۷۹۱۲۳۴۵۹۹",
    "０７９１２３４５９９",
    "q=%2B962+791234599",
    "079%20123%204599",
    "a%3D%37%39%31234599",
    "of zaynab  recognisable: ZAYNAB RECOGNISABLE",
    "zaynab+recognisable",
    'Groß "die Kurze" Maßlos',
    'GROSS "DIE KURZE" MASSLOS',
    "Straße 7\nعمّان",
    "أم أحمد الخطيب",
)
OF_OTHERS: Final = ("0791234598", "79123 and 4598", "Zaynab", "Recognisable Zaynab", "أم أحمد", "50% أم", "ß", "4599")


@pytest.mark.parametrize("place", ["key", "message", "cell", "value"])
def test_a_row_is_found_however_it_names_them(place: str, shop: Merchant, owner: User) -> None:
    customer = make_bill(shop, **stated()).customer
    for name in ('Groß "die Kurze" Maßlos', "أم أحمد الخطيب"):
        make_bill(shop, **stated(customer_name=name))
    Customer.objects.filter(pk=customer.pk).update(address="Straße 7\nعمّان")
    customer.refresh_from_db()
    texts = [*WRITTEN, *OF_OTHERS]
    job = start_job(
        merchant=shop, kind="ACT", title="", rows=[NewRow() for _text in texts], created_by=owner, now=timezone.now()
    )
    kept = {
        "key": lambda text: {"key": text},
        "message": lambda text: {"message": text},
        "cell": lambda text: {"values": {"cells": {"note": text}}},
        "value": lambda text: {"values": {"note": [text]}},
    }[place]
    for position, text in enumerate(texts, start=1):
        assert job.rows.filter(position=position).update(**{"key": ""} | kept(text)) == 1

    found = named_rows(read_person(customer), [job])

    assert [texts[row.position - 1] for row in sorted(found, key=lambda row: row.position)] == list(WRITTEN)


def left_behind_by(customer: Customer, user: User) -> Customer:
    """The row of the number that was theirs until it was corrected."""
    stated = {"merchant_id": customer.merchant_id, "customer_id": customer.pk, "phone": "0770000009", "user": user}
    correct_phone(**stated, now=database_now())
    return Customer.objects.get(phone=customer.phone)


def test_a_number_they_left_behind_is_forgotten_with_them(shop: Merchant, owner: User) -> None:
    customer = make_bill(shop, **stated()).customer
    left_behind = left_behind_by(customer, owner)
    close_everything(customer)
    assert (left_behind.name, left_behind.phone) == (customer.name, customer.phone)

    forget(customer, owner)

    assert columns_with(*SIGNS, "770000009") == set()
    assert Customer.objects.exclude(forgotten_at=None).count() == 2


def test_a_number_they_left_to_somebody_else_keeps_no_name_of_theirs(shop: Merchant, owner: User) -> None:
    customer = make_bill(shop, **stated()).customer
    left_behind = left_behind_by(customer, owner)
    make_bill(shop, customer_phone="0791234599", customer_name="Mona Saleh")
    mona = make_bill(shop, customer_phone="0788888888", customer_name="Mona Saleh", customer_email="m@x.jo").customer
    of_two = {"merchant_id": shop.pk, "survivor_id": mona.pk, "double_id": left_behind.pk, "taken": ()}
    merge_customers(**of_two, left_number=LeftNumber.THEIRS, reason="hers now", user=owner, now=database_now())
    close_everything(customer)

    forget(customer, owner)

    left_behind.refresh_from_db()
    assert (left_behind.phone, left_behind.merged_into) == ("+962791234599", mona)
    assert columns_with(MARK) == set()
    mona.refresh_from_db()
    assert (mona.name, mona.forgotten_at) == ("Mona Saleh", None)


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
