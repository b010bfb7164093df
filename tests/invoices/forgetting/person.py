"""Somebody whose name and numbers are everywhere."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from billing.clock import database_now
from billing.importing.importing import start_import
from billing.jobs.running import run_jobs
from billing.jobs.starting import NewRow, start_job
from billing.models import Customer, Job, Merchant, User
from invoices.models import (
    Credit,
    DeliveryAttempt,
    Enquiry,
    GatewayCallback,
    Invoice,
    Payment,
    ReceiptEmail,
    Refund,
    Reminder,
)
from invoices.services.merging.merge import LeftNumber, merge_customers
from tests.billing.importing.uploads import BILL_HEADER, MONA, csv_file, guessed, upload
from tests.factories import make_api_key, make_bill
from tests.invoices.forgetting.signs import FORMER, MARK, PHONE


def stated(**changed: Any) -> dict[str, Any]:
    person = {"customer_name": "Zaynab Recognisable", "customer_phone": PHONE, "customer_email": f"z@{MARK}.example"}
    return person | {"description": f"for {MARK}", "notes": f"{MARK} calls"} | changed


def merge_in_a_double(customer: Customer, owner: User) -> None:
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


def post_to_the_api(shop: Merchant) -> None:
    body = {"customerName": "Zaynab Recognisable", "customerPhone": PHONE, "serviceType": "Water", "dueAmount": 5}
    headers = {"X-API-Key": make_api_key(shop), "Idempotency-Key": "once"}
    content = json.dumps(body | {"dueDate": "2027-01-31"})
    answer = Client().post("/razzbery/v1/add/bill", content, content_type="application/json", headers=headers)
    assert answer.status_code == 200


def import_a_file(shop: Merchant, owner: User) -> None:
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


def start_a_job(shop: Merchant, owner: User, customer: Customer) -> None:
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


def leave_traces_of_an_invoice(invoice: Invoice, owner: User) -> None:
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
