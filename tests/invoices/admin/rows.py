"""One row of every kind for a merchant, each with its merchant's own mark in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin
from django.db.models import Model
from django.utils import timezone

from billing.jobs.starting import NewRow, start_job
from billing.models import (
    Bill,
    Customer,
    Event,
    IdempotencyKey,
    ImportFile,
    Invitation,
    Membership,
    Merchant,
    NumberSequence,
    User,
    WebhookDelivery,
    WebhookEndpoint,
    WrongRecipient,
)
from billing.services import issue_api_key
from invoices.models import (
    AuditDifference,
    AuditRun,
    Credit,
    DeliveryAttempt,
    Enquiry,
    GatewayAccount,
    GatewayCallback,
    GatewayStatement,
    GatewayStatementLine,
    Invoice,
    MessageTemplate,
    Payment,
    ReceiptEmail,
    Refund,
    Reminder,
    ReminderStep,
    Shift,
)
from invoices.services.issuing import issue_due
from subscriptions.models import Installment, Subscription
from tests.factories import make_bill, make_merchant, make_subscription
from tests.staff import make_staff


@dataclass(frozen=True)
class Rows:
    """`mark` is in every text of the merchant's rows; `of` has one row of each registered model."""

    merchant: Merchant
    mark: str
    phone: str
    of: dict[type[Model], Any] = field(default_factory=dict)

    @property
    def bill(self) -> Bill:
        bill: Bill = self.of[Bill]
        return bill

    @property
    def invoice(self) -> Invoice:
        invoice: Invoice = self.of[Invoice]
        return invoice


def make_account(merchant: Merchant, mark: str, **kwargs: Any) -> GatewayAccount:
    values: dict[str, Any] = {
        "base_url": f"https://{mark}.example.com",
        "payment_base_url": f"https://{mark}.example.com",
        "merchant_code": f"code-{mark}",
        "access_code": f"access-{mark}",
        "secret_key": f"secret-{mark}".ljust(32, "s")[:32],
        "iv_key": f"iv-{mark}".ljust(16, "v")[:16],
        "currency": "JOD",
    }
    return GatewayAccount.objects.create(merchant=merchant, **values | kwargs)


def make_rows(mark: str, *, phone: str) -> Rows:
    """Every registered model, so that a screen added later is walked too, or fails until it is."""
    now = timezone.now()
    merchant = make_merchant(mark, name_en=f"{mark} trading")
    user = make_staff(merchant, username=f"person-{mark}")
    bill = make_bill(merchant, customer_name=f"customer {mark}", customer_phone=phone, service_type=f"service {mark}")
    plan = make_subscription(
        merchant, Subscription.Type.CUSTOM_SCHEDULE, customer_name=f"customer {mark}", customer_phone=phone
    )
    account = make_account(merchant, mark)
    issue_due(merchant=merchant, now=now)
    invoice = Invoice.objects.get(bill=bill)
    api_key, _ = issue_api_key(merchant=merchant, label=f"key {mark}", actor="system", now=now)
    of_invoice = {"merchant": merchant, "invoice": invoice, "gateway_account": account}
    enquiry = Enquiry.objects.create(
        **of_invoice, finding="PAID", reference=invoice.reference, merchant_code=mark, detail=mark, asked_at=now
    )
    audit = AuditRun.objects.create(started_at=now, finished_at=now, differences_found=1)
    of_audit = {"merchant": merchant, "run": audit, "subject": "Bill", "subject_id": bill.pk}
    job = start_job(
        merchant=merchant, kind="ACT", title=f"job {mark}", rows=[NewRow(key=mark)], created_by=user, now=now
    )
    rows: list[Model] = [
        Invitation.objects.create(
            merchant=merchant, email=f"{mark}@example.com", role="CLERK", language="en", sent_at=now
        ),
        AccessAttempt.objects.create(username=f"guessed {mark}", failures_since_start=5, attempt_time=now),
        job,
        ImportFile.objects.create(
            merchant=merchant,
            kind="BILL",
            name=f"{mark}.csv",
            content=f"Name,Phone\n{mark},{phone}\n".encode(),
            uploaded_by=user,
        ),
        audit,
        AuditDifference.objects.create(**of_audit, invariant="I3", problem=f"problem {mark}"),
        merchant,
        user,
        Membership.objects.get(user=user),
        api_key,
        Customer.objects.get(merchant=merchant),
        WrongRecipient.objects.create(merchant=merchant, customer=bill.customer, reported_at=now),
        bill,
        plan,
        Installment.objects.filter(subscription=plan).order_by("-sequence")[0],
        NumberSequence.objects.filter(merchant=merchant)[0],
        Event.objects.filter(merchant=merchant, subject=Event.Subject.BILL)[0],
        IdempotencyKey.objects.create(merchant=merchant, endpoint="bill", key=mark, body_digest="0"),
        account,
        invoice,
        enquiry,
        ReminderStep.objects.create(merchant=merchant, days=3, channel="WHATSAPP"),
        Reminder.objects.create(
            merchant=merchant,
            customer=bill.customer,
            bill=bill,
            invoice=invoice,
            days=3,
            channel="WHATSAPP",
            on_date=merchant.local_date(now),
            status="SENT",
            detail=mark,
            claimed_at=now,
        ),
        DeliveryAttempt.objects.create(**of_invoice, action="CREATE", channel="SMS", detail=mark, started_at=now),
        GatewayCallback.objects.create(
            merchant=merchant,
            watch_id=mark,
            kind="WEBHOOK",
            payload=mark.encode(),
            payload_digest=mark,
            invoice=invoice,
        ),
        Payment.objects.create(
            merchant=merchant,
            customer=bill.customer,
            invoice=invoice,
            bill=bill,
            method="GATEWAY",
            currency="JOD",
            amount=Decimal(1),
            applied_amount=Decimal(0),
            gateway_account=account,
            transaction_token=f"token-{mark}",
            enquiry=enquiry,
            review_reason="OVERPAID",
            note=mark,
            received_at=now,
        ),
    ]
    payment = next(row for row in rows if isinstance(row, Payment))
    rows += [
        MessageTemplate.objects.create(
            merchant=merchant, use="DESCRIPTION", language="en", body=f"{mark}: {{purpose}}"
        ),
        ReceiptEmail.objects.create(merchant=merchant, payment=payment, address=f"{mark}@example.com", due_at=now),
    ]
    by_somebody = {"merchant": merchant, "payment": payment, "reason": f"because of {mark}", "method": "CASH"}
    rows += [
        Refund.objects.create(
            **by_somebody,
            amount=Decimal(1),
            settled_amount=0,
            status="REQUESTED",
            needs_second_person=False,
            requested_by=user,
            requested_at=now,
        ),
        Credit.objects.create(
            merchant=merchant,
            payment=payment,
            bill=bill,
            amount=Decimal(1),
            status="REQUESTED",
            reason=f"because of {mark}",
            needs_second_person=False,
            requested_by=user,
            requested_at=now,
        ),
        Shift.objects.create(merchant=merchant, cashier=user, currency="JOD", opening_float=0, opened_at=now),
    ]
    statement = GatewayStatement.objects.create(
        merchant=merchant,
        name=f"{mark}-statement.csv",
        currency="JOD",
        first_day=merchant.local_date(now),
        last_day=merchant.local_date(now),
        line_count=1,
        amount=Decimal(1),
        fee=Decimal(0),
        net=Decimal(1),
        job=job,
        imported_by=user,
    )
    rows.append(statement)
    rows.append(
        GatewayStatementLine.objects.create(
            merchant=merchant,
            statement=statement,
            number=2,
            kind="PAYMENT",
            transaction=f"token-{mark}",
            reference=mark,
            currency="JOD",
            amount=Decimal(1),
            fee=Decimal(0),
            net=Decimal(1),
            paid_on=merchant.local_date(now),
            finding="MATCHED",
            payment=payment,
        )
    )
    webhook = WebhookEndpoint.objects.create(merchant=merchant, url=f"https://{mark}.example.com/hooks", secret=mark)
    rows.append(webhook)
    rows.append(
        WebhookDelivery.objects.create(
            merchant=merchant, endpoint=webhook, type="webhook.test", body=f'"{mark}"', due_at=now, created_at=now
        )
    )
    assert {type(row) for row in rows} == set(admin.site._registry), "a registered model has no row here"
    return Rows(merchant, mark, phone, {type(row): row for row in rows})


def person_of(rows: Rows) -> User:
    user: User = rows.of[User]
    return user
