"""The timeline of a document in words: what happened, who did it, when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.cells import money_text
from billing.models import Event, User

_MOST_LINES: Final = 60

WORDS: Final[Mapping[str, str | Promise]] = {
    "created": gettext_lazy("Created"),
    "settled": gettext_lazy("Paid in full"),
    "partly_settled": gettext_lazy("Paid in part"),
    "cancelled": gettext_lazy("Cancelled"),
    "paused": gettext_lazy("Paused"),
    "resumed": gettext_lazy("Resumed"),
    "completed": gettext_lazy("Completed"),
    "issued": gettext_lazy("Issued"),
    "delivery_done": gettext_lazy("Sent by the gateway"),
    "delivery_not_sent": gettext_lazy("Not sent; will be tried again"),
    "delivery_refused": gettext_lazy("Refused by the gateway"),
    "delivery_unknown": gettext_lazy("Outcome unknown; the gateway will be asked"),
    "found_at_gateway": gettext_lazy("Found at the gateway"),
    "never_reached_gateway": gettext_lazy("The gateway never received it; will be sent"),
    "contradicted": gettext_lazy("The gateway's record differs from ours"),
    "expired": gettext_lazy("Expired"),
    "cancel_requested": gettext_lazy("Cancelling asked for"),
    "resent": gettext_lazy("Sent again"),
    "confirmed_sent": gettext_lazy("Staff saw that it was sent"),
    "send_again": gettext_lazy("Staff put it back to be sent"),
    "paid": gettext_lazy("Paid"),
    "received": gettext_lazy("Payment received"),
    "parked": gettext_lazy("Calls stopped: credentials refused"),
    "unparked": gettext_lazy("Calls resumed"),
    "opened": gettext_lazy("Set up"),
    "replaced": gettext_lazy("Closed, to be replaced"),
    "revoked": gettext_lazy("Revoked"),
    "changed": gettext_lazy("Settings changed"),
    "member_added": gettext_lazy("Person added"),
    "member_changed": gettext_lazy("Person's role changed"),
    "member_removed": gettext_lazy("Person removed"),
}

# Stored codes that appear as an event's reason; the layers above add theirs.
CODES: Final[dict[str, str | Promise]] = {}

_ACTORS: Final[Mapping[str, str | Promise]] = {
    "gateway": gettext_lazy("Gateway"),
    "customer": gettext_lazy("Customer"),
    "system": gettext_lazy("Automatic"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    subject: str
    what: str
    detail: str
    who: str
    when: datetime


def read_timeline(
    *, merchant_id: int, subjects: Sequence[tuple[Event.Subject, Sequence[int]]], currency: str
) -> list[Line]:
    """The newest lines about any of these rows, in two queries."""
    about = Q()
    for subject, ids in subjects:
        about |= Q(subject=subject, subject_id__in=list(ids))
    events = list(Event.objects.filter(about, merchant_id=merchant_id).order_by("-occurred_at", "-id")[:_MOST_LINES])
    names = names_of_actors(event.actor for event in events)
    return [describe(event, names, currency) for event in events]


def describe(event: Event, names: Mapping[str, str], currency: str) -> Line:
    return Line(
        subject=event.get_subject_display(),
        what=words_of(event),
        detail=detail_of(event, currency),
        who=names.get(event.actor, event.actor),
        when=event.occurred_at,
    )


def words_of(event: Event) -> str:
    return str(WORDS.get(event.name, event.name.replace("_", " ").capitalize()))


def names_of_actors(actors: Iterable[str]) -> dict[str, str]:
    """`user:7` as the person's name, `api:bk_…` as the key: one query for all of them."""
    known = set(actors)
    user_ids = {int(actor[5:]) for actor in known if actor.startswith("user:") and actor[5:].isdecimal()}
    people = {f"user:{user.pk}": user.get_full_name() or user.username for user in User.objects.filter(pk__in=user_ids)}
    return {actor: name_of_actor(actor) for actor in known} | people


def name_of_actor(actor: str) -> str:
    """Anyone but a person, whose name only the database knows."""
    if actor.startswith("api:"):
        return _("API key %(prefix)s") % {"prefix": actor[4:]}
    return str(_ACTORS.get(actor, actor))


def detail_of(event: Event, currency: str = "") -> str:
    """What of an event's details a person wants to read."""
    details: Mapping[str, Any] = event.details
    parts = [_amount(details["amount"], currency)] if details.get("amount") else []
    words = [str(details[name]) for name in ("reason", "person", "role", "method", "prefix") if details.get(name)]
    parts += [str(CODES.get(word, word)) for word in words]
    if fields := details.get("fields"):
        parts.append(", ".join(str(field) for field in fields))
    return " · ".join(parts)


def _amount(stored: Any, currency: str) -> str:
    try:
        amount = Decimal(str(stored))
    except InvalidOperation:
        return str(stored)
    return money_text(amount, currency) if currency else f"{amount:,.3f}"
