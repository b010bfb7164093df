"""The timeline of a document."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from billing.models import Event
from billing.rows import insert_row


def record_event(
    *, merchant_id: int, subject: Event.Subject, subject_id: int, name: str, actor: str, **details: Any
) -> None:
    """
    Add a line to the subject's timeline, in the caller's transaction.

    :param actor: `api:<key prefix>`, `user:<id>`, `gateway`, `customer` or `system`
    :param details: JSON values; no phone numbers, no secrets
    """
    event = Event(
        merchant_id=merchant_id,
        subject=subject,
        subject_id=subject_id,
        name=name,
        actor=actor,
        details=details,
        occurred_at=timezone.now(),
    )
    insert_row(event)
