"""What merchants' systems are told of an event. Each layer adds what it knows of when the application starts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from billing.json_shapes import json_instant
from billing.models import Event


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """`data` holds the document as it is now, in JSON values, in the shape the API gives it."""

    type: str
    data: Mapping[str, Any]


Announcer = Callable[[Event], Announcement | None]
_ANNOUNCERS: dict[str, Announcer] = {}


def add_announcer(subject: Event.Subject, announcer: Announcer) -> None:
    """:param announcer: returns None for events that are nobody else's business"""
    _ANNOUNCERS[subject] = announcer


def announce(event: Event) -> Announcement | None:
    announcer = _ANNOUNCERS.get(event.subject)
    return announcer(event) if announcer else None


def write_body(announcement: Announcement, event: Event) -> str:
    content = {"type": announcement.type, "timestamp": json_instant(event.occurred_at), "data": announcement.data}
    return json.dumps(content, ensure_ascii=False)
