"""What staff write beside a customer or a document for each other."""

from __future__ import annotations

from typing import Final

from billing.models import Event
from billing.services.events import record_event

MOST_CHARACTERS: Final = 500


def add_note(*, merchant_id: int, subject: Event.Subject, subject_id: int, text: str, actor: str) -> None:
    """
    A line of the timeline, which nobody changes or takes out again.

    :param text: at most MOST_CHARACTERS
    """
    record_event(merchant_id=merchant_id, subject=subject, subject_id=subject_id, name="noted", actor=actor, note=text)
