"""What happens to a bill: created, settled, cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.identifiers import document_number, new_public_id
from billing.models import Bill, Event, Merchant, NumberSequence
from billing.rows import insert_row
from billing.services.customers import upsert_customer
from billing.services.events import record_event
from billing.services.numbers import take_numbers
from billing.signals import bill_created, payable_changed


class BillNotPending(DomainError):
    code = "BILL_NOT_PENDING"
    message = gettext_noop("Only a bill that is still owed can be changed; this one is already paid or cancelled.")


@dataclass(frozen=True, kw_only=True)
class NewBill:
    """A bill as a merchant states it, already checked. Empty text means unstated; `amount` in merchant currency."""

    customer_name: str
    customer_phone: str
    service_type: str
    amount: Decimal
    due_date: date
    customer_email: str = ""
    customer_national_id: str = ""
    customer_address: str = ""
    description: str = ""
    notes: str = ""


@transaction.atomic
def create_bill(*, merchant: Merchant, new: NewBill, actor: str, now: datetime) -> Bill:
    """A PENDING bill with its number and its customer; announced on commit, so that it is invoiced within seconds."""
    customer_id = upsert_customer(
        merchant_id=merchant.pk,
        phone=new.customer_phone,
        name=new.customer_name,
        email=new.customer_email,
        national_id=new.customer_national_id,
        address=new.customer_address,
        now=now,
    )
    bill = Bill(
        merchant=merchant,
        public_id=new_public_id(now=now),
        customer_id=customer_id,
        customer_name=new.customer_name,
        customer_phone=new.customer_phone,
        customer_email=new.customer_email,
        service_type=new.service_type,
        description=new.description,
        notes=new.notes,
        currency=merchant.currency,
        amount=new.amount,
        due_date=new.due_date,
        created_at=now,
    )
    day = merchant.local_date(now)
    (counter,) = take_numbers(merchant_id=merchant.pk, day=day, kind=NumberSequence.Kind.BILL)
    bill.billing_no = document_number("BILL", day, counter)
    bill.bill_no = document_number("BN", day, counter)
    insert_row(bill)
    record_event(merchant_id=merchant.pk, subject=Event.Subject.BILL, subject_id=bill.pk, name="created", actor=actor)
    transaction.on_commit(lambda: bill_created.send_robust(Bill, bill_id=bill.pk), robust=True)
    return bill


def settle_bill(*, merchant_id: int, bill_id: int, amount: Decimal, actor: str, now: datetime) -> Decimal:
    """
    Put a payment on a bill, in the caller's transaction, and say how much of it the bill took.

    That is at most what is still owed, and nothing for a cancelled bill: the rest is the caller's to report.
    """
    bill = Bill.objects.select_for_update().get(merchant_id=merchant_id, pk=bill_id)
    applied = min(amount, bill.amount_due)
    if applied > 0:
        bill.amount_paid += applied
        if bill.amount_paid == bill.amount:
            bill.status, bill.paid_at = Bill.Status.PAID, now
        bill.save(update_fields=["amount_paid", "status", "paid_at"])
        record_event(
            merchant_id=merchant_id,
            subject=Event.Subject.BILL,
            subject_id=bill.pk,
            name="settled" if bill.status == Bill.Status.PAID else "partly_settled",
            actor=actor,
            amount=str(applied),
        )
    return applied


@transaction.atomic
def cancel_bill(*, merchant_id: int, bill_id: int, reason: str, actor: str, now: datetime) -> Bill:
    """
    Stop asking for a bill. Its payment page says so at once; its link at the gateway is cancelled by a sweep.

    :raises BillNotPending: if it is paid or cancelled already
    """
    bill = Bill.objects.select_for_update().get(merchant_id=merchant_id, pk=bill_id)
    if bill.status != Bill.Status.PENDING:
        raise BillNotPending
    bill.status, bill.cancelled_at, bill.changed_at = Bill.Status.CANCELLED, now, now
    bill.save(update_fields=["status", "cancelled_at", "changed_at"])
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.BILL,
        subject_id=bill.pk,
        name="cancelled",
        actor=actor,
        reason=reason,
    )
    transaction.on_commit(lambda: payable_changed.send_robust(Bill), robust=True)
    return bill
