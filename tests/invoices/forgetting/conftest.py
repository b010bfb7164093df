"""A shop and a person who is known everywhere in it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from billing.models import Customer, Event, Merchant, User, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from billing.services import record_event
from billing.services.notes import add_note
from billing.services.wrong_recipients import report_wrong_recipient
from invoices.models import AuditDifference, AuditRun, Shift
from subscriptions.models import Subscription
from tests.factories import make_bill, make_subscription
from tests.invoices.forgetting.person import (
    import_a_file,
    leave_traces_of_an_invoice,
    merge_in_a_double,
    post_to_the_api,
    start_a_job,
    stated,
)
from tests.invoices.forgetting.signs import MARK, PHONE
from tests.invoices.pages.documents import make_shop, send_invoice
from tests.staff import make_staff


@pytest.fixture
def shop() -> Merchant:
    merchant = make_shop(currency="JOD")
    WebhookEndpoint.objects.create(merchant=merchant, url="https://hooks.example.com", secret="s")
    return merchant


@pytest.fixture
def owner(shop: Merchant) -> User:
    return make_staff(shop)


@pytest.fixture
def person(shop: Merchant, owner: User) -> Customer:
    """Known everywhere, with nothing open but what `close_everything` closes."""
    bill = make_bill(shop, **stated(), customer_national_id="9876501234", customer_address=f"7 {MARK} street")
    customer, now = bill.customer, timezone.now()
    plan = make_subscription(shop, Subscription.Type.CUSTOM_SCHEDULE, **stated())
    plan.installments.update(description=f"of {MARK}")
    merge_in_a_double(customer, owner)
    post_to_the_api(shop)
    import_a_file(shop, owner)
    start_a_job(shop, owner, customer)
    invoice = send_invoice(bill, gateway_answer={"to": PHONE}, gateway_url=f"https://x/{MARK}", problem=MARK)
    leave_traces_of_an_invoice(invoice, owner)
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
