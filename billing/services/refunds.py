"""Money that goes back to the customer, as the bill sees it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from billing.models import Bill, Event
from billing.services.events import record_event


def refund_bill(*, merchant_id: int, bill_id: int, amount: Decimal, actor: str, now: datetime) -> None:
    """
    Note on a bill that money which had settled it was given back, in the caller's transaction.

    The bill is not owed again by that: its charge is taken back together with the money.
    """
    bill = Bill.objects.select_for_update().get(merchant_id=merchant_id, pk=bill_id)
    bill.amount_refunded += amount
    bill.save(update_fields=["amount_refunded"])
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.BILL,
        subject_id=bill.pk,
        name="refunded",
        actor=actor,
        amount=str(amount),
    )
