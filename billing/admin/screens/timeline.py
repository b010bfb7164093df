"""The timeline of a document in words: what happened, who did it, when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial, reduce
from operator import or_
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.cells import day_text, money_text
from billing.models import Channel, Event, Merchant, Role, User

_MOST_LINES: Final = 60

WORDS: Final[Mapping[str, str | Promise]] = {
    "created": gettext_lazy("Created"),
    "settled": gettext_lazy("Paid in full"),
    "partly_settled": gettext_lazy("Paid in part"),
    "cancelled": gettext_lazy("Cancelled"),
    "paused": gettext_lazy("Paused"),
    "resumed": gettext_lazy("Resumed"),
    "completed": gettext_lazy("Completed"),
    "refund_requested": gettext_lazy("Refund asked for"),
    "refund_approved": gettext_lazy("Refund approved"),
    "refund_rejected": gettext_lazy("Refund rejected"),
    "refund_approved_alone": gettext_lazy("Refund approved alone: there is nobody else who could"),
    "refunded": gettext_lazy("Money given back"),
    "credit_requested": gettext_lazy("Credit asked for"),
    "credit_rejected": gettext_lazy("Credit rejected"),
    "credited": gettext_lazy("Surplus used for something else"),
    "credited_alone": gettext_lazy("Surplus used for something else, approved alone: there is nobody else who could"),
    "job_held": gettext_lazy("Job waits for approval"),
    "job_approved": gettext_lazy("Job approved"),
    "job_stopped": gettext_lazy("Job stopped"),
    "job_approved_alone": gettext_lazy("Job approved alone: there is nobody else who could"),
    "approval_asked": gettext_lazy("Approval asked for"),
    "decided_alone": gettext_lazy("Decided without a second person"),
    "noted": gettext_lazy("Note"),
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
    "transaction_differs": gettext_lazy("The gateway's transaction is over another amount"),
    "parked": gettext_lazy("Calls stopped: credentials refused"),
    "unparked": gettext_lazy("Calls resumed"),
    "connection_tested": gettext_lazy("Connection tested"),
    "connection_of_another": gettext_lazy("Test: the keys are another account's"),
    "keys_renewed": gettext_lazy("Lost keys entered again"),
    "connection_accepted": gettext_lazy("Test: the gateway accepts the account"),
    "connection_refused": gettext_lazy("Test: the gateway refuses the account"),
    "connection_unreachable": gettext_lazy("Test: no answer came"),
    "connection_unreadable": gettext_lazy("Test: the answer could not be read"),
    "connection_in_trouble": gettext_lazy("Test: the gateway could not answer"),
    "opened": gettext_lazy("Set up"),
    "replaced": gettext_lazy("Closed, to be replaced"),
    "revoked": gettext_lazy("Revoked"),
    "webhook_added": gettext_lazy("Added"),
    "webhook_secret_renewed": gettext_lazy("New secret"),
    "webhook_paused": gettext_lazy("Paused"),
    "webhook_resumed": gettext_lazy("Resumed"),
    "webhook_removed": gettext_lazy("Removed"),
    "webhook_disabled": gettext_lazy("Switched off: it failed for too long"),
    "changed": gettext_lazy("Settings changed"),
    "bill_changed": gettext_lazy("Amount or due date changed"),
    "channel_chosen": gettext_lazy("Channel chosen"),
    "link_renewed": gettext_lazy("Link to the customer's page renewed"),
    "skipped": gettext_lazy("Skipped"),
    "held": gettext_lazy("Held: it waits for a person"),
    "held_back": gettext_lazy("Held back: enough messages for one day"),
    "successor_held_back": gettext_lazy("No new link by itself: three invoices in one day already"),
    "moved": gettext_lazy("Due date changed"),
    "terms_changed": gettext_lazy("Amount or payment day changed"),
    "extended": gettext_lazy("Spread over more payments"),
    "end_changed": gettext_lazy("End changed"),
    "cancelled_at_end": gettext_lazy("Cancelled at the end of the period"),
    "settled_early": gettext_lazy("Settled early"),
    "promised": gettext_lazy("Promised to pay by a day"),
    "reminded": gettext_lazy("Reminder sent"),
    "reminder_not_sent": gettext_lazy("Reminder not sent"),
    "reminder_unknown": gettext_lazy("Reminder: outcome unknown"),
    "reminder_asked": gettext_lazy("Reminder asked for"),
    "reminder_plan_started": gettext_lazy("Reminder plan begun"),
    "reminder_plan_changed": gettext_lazy("Reminder plan changed"),
    "promise_dropped": gettext_lazy("No promise any more"),
    "receipt_asked": gettext_lazy("Receipt asked for"),
    "receipt_sent": gettext_lazy("Receipt sent"),
    "receipt_not_sent": gettext_lazy("Receipt not sent"),
    "receipt_unknown": gettext_lazy("Receipt: outcome unknown"),
    "message_opened": gettext_lazy("Message opened, to be sent by hand"),
    "message_written": gettext_lazy("Message text changed"),
    "message_reset": gettext_lazy("Back to our message text"),
    "wrong_recipient_reported": gettext_lazy('Somebody said "this is not me": messages stopped'),
    "messages_resumed": gettext_lazy("Messages go on"),
    "messages_stay_stopped": gettext_lazy("No more messages to this phone"),
    "message_stopped": gettext_lazy("Goes by link: messages to this phone are stopped"),
    "phone_corrected": gettext_lazy("Phone number corrected; old links revoked"),
    "number_left_behind": gettext_lazy("Another customer's old number: messages stopped"),
    "merged": gettext_lazy("A double was merged into this customer"),
    "merged_away": gettext_lazy("A former number: merged into its customer"),
    "number_released": gettext_lazy("A former number no longer leads here"),
    "renamed": gettext_lazy("Another name was stated"),
    "forgotten": gettext_lazy("Personal data forgotten"),
    "new_link_asked": gettext_lazy("The customer asked for a new link"),
    "logo_set": gettext_lazy("Logo changed"),
    "logo_removed": gettext_lazy("Logo taken out"),
    "member_added": gettext_lazy("Person added"),
    "member_changed": gettext_lazy("Person's role changed"),
    "member_removed": gettext_lazy("Person removed"),
    "invited": gettext_lazy("Person invited"),
    "invited_again": gettext_lazy("Invitation sent again"),
    "invitation_revoked": gettext_lazy("Invitation revoked"),
    "invitation_accepted": gettext_lazy("Invitation accepted"),
    "second_factor_set": gettext_lazy("Second factor set up"),
    "second_factor_reset": gettext_lazy("Second factor reset"),
    "backup_codes_renewed": gettext_lazy("New backup codes"),
    "password_reset": gettext_lazy("Password set through the letter"),
    "password_changed": gettext_lazy("Password changed"),
    "email_change_asked": gettext_lazy("New e-mail address entered, to be confirmed"),
    "email_changed": gettext_lazy("E-mail address changed"),
    "signed_out": gettext_lazy("Signed out everywhere by staff"),
}

# Stored codes that appear as an event's reason; the layers above add theirs.
CODES: Final[dict[str, str | Promise]] = dict([*Channel.choices, *Role.choices])
# Whose settings are changed by forms; the layers above add theirs.
SETTINGS: Final[dict[str, type[Model]]] = {Event.Subject.MERCHANT: Merchant}

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
    *,
    merchant_id: int,
    subjects: Sequence[tuple[Event.Subject, Sequence[int]]],
    currency: str,
    called: Mapping[tuple[str, int], str] | None = None,
    only: Q | None = None,
) -> list[Line]:
    """
    The newest lines about any of these rows, in two queries: as they were recorded, what caused another before it.

    Their instants can tell otherwise: a sweep's is that of its start, before what it found was made.

    :param called: what rows are to be called, where their kind alone would not tell which is meant
    :param only: which of their events
    """
    newest = Event.objects.filter(about(subjects), only or Q(), merchant_id=merchant_id).order_by("-occurred_at", "-id")
    events = sorted(newest[:_MOST_LINES], key=lambda event: event.pk, reverse=True)
    names = names_of_actors(event.actor for event in events)
    called = called or {}
    return [
        describe(event, names, currency, subject=called.get((event.subject, event.subject_id), "")) for event in events
    ]


def about(subjects: Iterable[tuple[Event.Subject, Sequence[int]]]) -> Q:
    """The events of any of these rows."""
    rows = [Q(subject=subject, subject_id__in=list(ids)) for subject, ids in subjects if ids]
    return reduce(or_, rows, Q(pk__in=[]))


def describe(event: Event, names: Mapping[str, str], currency: str, *, subject: str = "") -> Line:
    """:param subject: what to call the row it is about; empty: by its kind"""
    return Line(
        subject=subject or event.get_subject_display(),
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
    people = {f"user:{user.pk}": user.display_name for user in User.objects.filter(pk__in=user_ids)}
    return {actor: name_of_actor(actor) for actor in known} | people


def name_of_actor(actor: str) -> str:
    """Anyone but a person, whose name only the database knows."""
    if actor.startswith("api:"):
        return _("API key %(prefix)s") % {"prefix": actor[4:]}
    return str(_ACTORS.get(actor, actor))


def detail_of(event: Event, currency: str = "") -> str:
    """What of an event's details a person wants to read."""
    details: Mapping[str, Any] = event.details
    parts = [_change(details, "amount", partial(_amount, currency=currency)), _change(details, "due_date", _day)]
    parts += [_from_to(details["old_name"], details["new_name"])] if {"old_name", "new_name"} <= details.keys() else []
    parts += [_day(details["until"])] if details.get("until") else []
    parts = [part for part in parts if part]
    named = ("note", "reason", "person", "role", "method", "prefix", "channel")
    words = [str(details[name]) for name in named if details.get(name)]
    parts += [str(CODES.get(word, word)) for word in words]
    if fields := details.get("fields"):
        parts.append(_(", ").join(_name_of_field(event.subject, str(field)) for field in fields))
    return " · ".join(parts)


def _name_of_field(subject: str, name: str) -> str:
    """As its form calls it."""
    try:
        return str(SETTINGS[subject]._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except (KeyError, FieldDoesNotExist):
        return _(name)


def _change(details: Mapping[str, Any], name: str, shown: Callable[[Any], str]) -> str:
    """The value, or what it was before too where the event says so; nothing where that is the same."""
    new, old = details.get(name), details.get(f"old_{name}")
    if not new or new == old:
        return ""
    if not old:
        return shown(new)
    return _from_to(shown(old), shown(new))


def _from_to(old: str, new: str) -> str:
    return _("from %(old)s to %(new)s") % {"old": f"\u2068{old}\u2069", "new": f"\u2068{new}\u2069"}


def _day(stored: Any) -> str:
    try:
        return day_text(date.fromisoformat(str(stored)))
    except ValueError:
        return str(stored)


def _amount(stored: Any, currency: str) -> str:
    try:
        amount = Decimal(str(stored))
    except InvalidOperation:
        return str(stored)
    return money_text(amount, currency) if currency else f"{amount:,.3f}"
