"""By which channel a customer is asked to pay: chosen for one bill, or for all the customer's documents."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from billing.models import Bill, Customer, Event
from billing.services.bills import BillNotPending
from billing.services.channel_choices import Choice, check_channel
from billing.services.events import record_event


@transaction.atomic
def choose_bill_channel(*, merchant_id: int, bill_id: int, channel: Choice, actor: str) -> Bill:
    """
    The channel of this bill's next invoice. One that is out already stays as it was sent.

    :raises BillNotPending: :raises EmailMissing:
    """
    bill = (
        Bill.objects.select_for_update(of=("self",)).select_related("customer").get(merchant_id=merchant_id, pk=bill_id)
    )
    if bill.status != Bill.Status.PENDING:
        raise BillNotPending
    check_channel(channel, email=bill.customer_email or bill.customer.email)
    bill.channel = channel
    bill.save(update_fields=["channel"])
    _record(merchant_id, Event.Subject.BILL, bill.pk, channel, actor)
    return bill


@transaction.atomic
def choose_customer_channel(
    *, merchant_id: int, customer_id: int, channel: Choice, actor: str, now: datetime
) -> Customer:
    """
    The channel of the customer's next invoices, but for documents with one of their own.

    :raises EmailMissing:
    """
    customer = Customer.objects.select_for_update().get(merchant_id=merchant_id, pk=customer_id)
    check_channel(channel, email=customer.email)
    customer.channel, customer.updated_at = channel, now
    customer.save(update_fields=["channel", "updated_at"])
    _record(merchant_id, Event.Subject.CUSTOMER, customer.pk, channel, actor)
    return customer


def _record(merchant_id: int, subject: Event.Subject, subject_id: int, channel: Choice, actor: str) -> None:
    record_event(
        merchant_id=merchant_id,
        subject=subject,
        subject_id=subject_id,
        name="channel_chosen",
        actor=actor,
        channel=channel,
    )
