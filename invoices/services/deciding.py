"""What refunds and credits have in common: a person decides, and the payment's timeline says who, when and why."""

from __future__ import annotations

from datetime import datetime

from billing.models import Event, User
from billing.services import record_event
from invoices.models import Credit, Refund


def decide(row: Refund | Credit, status: str, name: str, user: User, now: datetime, **details: str) -> None:
    """Under the row's lock, whose state the caller has looked at."""
    row.status, row.decided_by, row.decided_at = status, user, now
    row.save(update_fields=["status", "decided_by", "decided_at", "approved_alone"])
    tell_payment(row, name, user, **details)


def tell_payment(row: Refund | Credit, name: str, user: User, **details: str) -> None:
    """In the timeline of the payment whose money it is, with the amount."""
    record_event(
        merchant_id=row.merchant_id,
        subject=Event.Subject.PAYMENT,
        subject_id=row.payment_id,
        name=name,
        actor=actor_of(user),
        amount=str(row.amount),
        **details,
    )


def actor_of(user: User) -> str:
    return f"user:{user.pk}"
