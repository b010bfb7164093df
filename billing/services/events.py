"""The timeline of a document."""

from __future__ import annotations

from typing import Any

from billing.models import Event


def record_event(
    *, merchant_id: int, subject: Event.Subject, subject_id: int, name: str, actor: str, **details: Any
) -> None:
    """
    Add a line to the subject's timeline, in the caller's transaction.

    :param actor: `api:<key prefix>`, `user:<id>`, `gateway`, `customer` or `system`
    :param details: JSON values; no phone numbers, no secrets
    """
    Event.objects.create(
        merchant_id=merchant_id, subject=subject, subject_id=subject_id, name=name, actor=actor, details=details
    )
