"""Changes of settings by staff, told to the merchant's timeline: which fields, never their values."""

from __future__ import annotations

from collections.abc import Sequence

from billing.models import Event
from billing.services import record_event


def record_settings_change(
    *, merchant_id: int, subject: Event.Subject, subject_id: int, user_id: int, fields: Sequence[str]
) -> None:
    """:param fields: names of the fields that changed; without any nothing happened"""
    if fields:
        record_event(
            merchant_id=merchant_id,
            subject=subject,
            subject_id=subject_id,
            name="changed",
            actor=f"user:{user_id}",
            fields=sorted(fields),
        )
