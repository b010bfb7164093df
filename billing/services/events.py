"""The timeline of a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from billing.models import Event
from billing.rows import insert_rows


def record_event(
    *, merchant_id: int, subject: Event.Subject, subject_id: int, name: str, actor: str, **details: Any
) -> None:
    """
    Add a line to the subject's timeline, in the caller's transaction.

    :param actor: `api:<key prefix>`, `user:<id>`, `gateway`, `customer` or `system`
    :param details: JSON values; no phone numbers, no secrets
    """
    record_events(merchant_id=merchant_id, subject=subject, subject_ids=[subject_id], name=name, actor=actor, **details)


def record_events(
    *, merchant_id: int, subject: Event.Subject, subject_ids: Sequence[int], name: str, actor: str, **details: Any
) -> None:
    """The same line for each of some hundreds at most."""
    now = timezone.now()
    events = [
        Event(
            merchant_id=merchant_id,
            subject=subject,
            subject_id=subject_id,
            name=name,
            actor=actor,
            details=details,
            occurred_at=now,
        )
        for subject_id in subject_ids
    ]
    insert_rows(events)
