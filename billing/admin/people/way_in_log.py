"""What happened to a person's way in, told in the log of every merchant they work for."""

from __future__ import annotations

from billing.models import Event, User
from billing.services import record_event


def record_for_person(person: User, name: str, *, actor: str) -> None:
    for merchant_id in person.memberships.order_by("merchant_id").values_list("merchant_id", flat=True):
        record_event(
            merchant_id=merchant_id,
            subject=Event.Subject.MERCHANT,
            subject_id=merchant_id,
            name=name,
            actor=actor,
            person=person.username,
        )
