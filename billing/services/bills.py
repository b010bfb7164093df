"""What happens to a bill: created, settled, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.identifiers import document_number, new_public_id
from billing.models import Bill, Customer, Event, Merchant, NumberSequence
from billing.rows import insert_rows
from billing.services.channel_choices import Choice, check_channel
from billing.services.customers import StatedCustomer, upsert_customers
from billing.services.deciding_alone import decide_alone, is_own_of_today, lock_customers
from billing.services.events import record_event, record_events
from billing.services.numbers import take_numbers
from billing.signals import bill_created, payable_changed


class BillNotPending(DomainError):
    code = "BILL_NOT_PENDING"
    message = gettext_noop("Only a bill that is still owed can be changed; this one is already paid or cancelled.")


@dataclass(frozen=True, kw_only=True)
class NewBill:
    """
    A bill as a merchant states it, already checked. Empty text means unstated; `amount` in merchant currency.

    :param channel: of its invoices; empty for the customer's, else the merchant's
    """

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
    channel: Choice = ""

    @property
    def customer(self) -> StatedCustomer:
        return StatedCustomer(
            phone=self.customer_phone,
            name=self.customer_name,
            email=self.customer_email,
            national_id=self.customer_national_id,
            address=self.customer_address,
        )


def create_bill(*, merchant: Merchant, new: NewBill, actor: str, now: datetime) -> Bill:
    """
    A PENDING bill with its number and its customer; announced on commit, so that it is invoiced within seconds.

    :raises EmailMissing: its channel is e-mail and neither it nor the customer has an address
    """
    (bill,) = create_bills(merchant=merchant, new=[new], actor=actor, now=now)
    return bill


@transaction.atomic
def create_bills(*, merchant: Merchant, new: Sequence[NewBill], actor: str, now: datetime) -> list[Bill]:
    """
    One of each, all or none, in as many statements as one takes. Some hundreds at most.

    :raises EmailMissing: as for one
    """
    stated = [each.customer for each in new]
    customer_ids = upsert_customers(merchant_id=merchant.pk, stated=stated, actor=actor, now=now)
    for each, customer_id in zip(new, customer_ids, strict=True):
        if each.channel:
            email = each.customer_email or Customer.objects.values_list("email", flat=True).get(pk=customer_id)
            check_channel(each.channel, email=email)
    bills = [_bill(merchant, each, customer_id, now) for each, customer_id in zip(new, customer_ids, strict=True)]
    # After the customers, as everywhere: whoever has the counter waits for nobody.
    day = merchant.local_date(now)
    counters = take_numbers(merchant_id=merchant.pk, day=day, kind=NumberSequence.Kind.BILL, count=len(bills))
    for bill, counter in zip(bills, counters, strict=True):
        bill.billing_no = document_number("BILL", day, counter)
        bill.bill_no = document_number("BN", day, counter)
    insert_rows(bills)
    ids = [bill.pk for bill in bills]
    record_events(merchant_id=merchant.pk, subject=Event.Subject.BILL, subject_ids=ids, name="created", actor=actor)
    for bill_id in ids:
        transaction.on_commit(partial(bill_created.send_robust, Bill, bill_id=bill_id), robust=True)
    return bills


def _bill(merchant: Merchant, new: NewBill, customer_id: int, now: datetime) -> Bill:
    return Bill(
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
        channel=new.channel,
        created_at=now,
    )


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
def cancel_bill(
    *, merchant_id: int, bill_id: int, reason: str, actor: str, now: datetime, is_alone: bool = False
) -> Bill:
    """
    Stop asking for a bill. Its payment page says so at once; its link at the gateway is cancelled by a sweep.

    :param is_alone: a person does it whom nobody has approved
    :raises BillNotPending: if it is paid or cancelled already
    :raises MoreThanAlone: somebody has to approve it; nobody has to where they take back their own of the same day
    """
    if is_alone:
        lock_customers(merchant_id=merchant_id, ids=Bill.objects.filter(pk=bill_id).values("customer"))
    bills = Bill.objects.select_for_update(of=("self",)).select_related("merchant")
    bill = bills.get(merchant_id=merchant_id, pk=bill_id)
    if bill.status != Bill.Status.PENDING:
        raise BillNotPending
    if is_alone and not is_own_of_today(bill, actor=actor, now=now):
        decide_alone(
            merchant=bill.merchant,
            customer_id=bill.customer_id,
            amount=bill.amount_due,
            what=bill.billing_no,
            actor=actor,
            now=now,
        )
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
