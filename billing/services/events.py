"""The timeline of a document: the one way in which single events are written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.utils import timezone

from billing.chunks import in_chunks
from billing.models import Event
from billing.rows import insert_rows

_AT_ONCE: Final = 500  # events in one statement


class Line(NamedTuple):
    """Of many that are written at once, whose each is and what is told of it: JSON values, as of `record_event`."""

    merchant_id: int
    subject_id: int
    details: Mapping[str, Any] = {}


def record_event(
    *, merchant_id: int, subject: Event.Subject, subject_id: int, name: str, actor: str, **details: Any
) -> None:
    """
    Add a line to the subject's timeline, in the caller's transaction, at the instant it is written down.

    :param actor: `api:<key prefix>`, `user:<id>`, `gateway`, `customer` or `system`
    :param details: JSON values; no phone numbers, no secrets
    """
    record_events(merchant_id=merchant_id, subject=subject, subject_ids=[subject_id], name=name, actor=actor, **details)


def record_events(
    *, merchant_id: int, subject: Event.Subject, subject_ids: Iterable[int], name: str, actor: str, **details: Any
) -> None:
    """The same line for each of any number of one merchant's."""
    lines = [Line(merchant_id, subject_id, details) for subject_id in subject_ids]
    record_lines(lines, subject=subject, name=name, actor=actor, now=timezone.now())


def record_lines(lines: Iterable[Line], *, subject: Event.Subject, name: str, actor: str, now: datetime) -> None:
    """
    The same event of any number of subjects, of several merchants even, each with its own details.

    :param now: when it happened, for whoever measures by it again
    """
    events = [
        Event(
            merchant_id=line.merchant_id,
            subject=subject,
            subject_id=line.subject_id,
            name=name,
            actor=actor,
            details=line.details,
            occurred_at=now,
        )
        for line in lines
    ]
    for some in in_chunks(events, _AT_ONCE):
        insert_rows(some)
