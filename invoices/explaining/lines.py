"""What happened, row by row: each becomes a line that says it in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.cells import money_text
from billing.admin.screens.timeline import Line, about, describe, name_of_actor, names_of_actors
from billing.models import Channel, Event
from invoices.explaining.scope import Scope
from invoices.gateway_sentences import gateway_words
from invoices.models import Credit, DeliveryAttempt, Enquiry, GatewayCallback

Action = DeliveryAttempt.Action
Placed = tuple[datetime, Line]  # a line, and where it stands

_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)
# Their rows say more than these events do.
_TOLD_BY_ROWS: Final = (
    "received",
    "resent",
    "delivery_done",
    "delivery_not_sent",
    "delivery_refused",
    "delivery_unknown",
)
_SETTLING: Final = ("settled", "partly_settled", "completed")
_ASKED: Final[Mapping[str, str | Promise]] = {
    Action.CREATE: gettext_lazy("The gateway was asked to make and send it by %(channel)s: %(outcome)s"),
    Action.RESEND: gettext_lazy("The gateway was asked to send it once more by %(channel)s: %(outcome)s"),
    Action.CANCEL: gettext_lazy("The gateway was asked to cancel it: %(outcome)s"),
}


def all_lines(scope: Scope) -> list[Line]:
    """Oldest first, and what caused another before it."""
    placed = _events_and_payments(scope)
    for lines in (_attempts(scope), _enquiries(scope), _callbacks(scope), _credits(scope), _reminders(scope)):
        placed += [(line.when, line) for line in lines]
    return [line for _place, line in sorted(placed, key=itemgetter(0))]


def _events_and_payments(scope: Scope) -> list[Placed]:
    """
    As they were recorded: an event's instant may be that of the beginning of its work, and a payment's days before.

    A payment stands before what it settled, which is recorded first.
    """
    payments = dict(_payments(scope))
    events = _events(scope, payments)
    names = names_of_actors(event.actor for event in events)
    placed: list[Placed] = []
    place, settled = _BEFORE_ALL, 0
    for event in events:
        place = max(place, event.occurred_at)
        if event.subject == Event.Subject.PAYMENT:
            at = len(placed) - settled
            placed.insert(at, (placed[at][0] if settled else place, payments.pop(event.subject_id)))
        else:
            subject = scope.names[event.subject, event.subject_id]
            placed.append((place, describe(event, names, scope.currency, subject=subject)))
        settled = settled + 1 if event.name in _SETTLING else 0
    return [*placed, *((line.when, line) for line in payments.values())]


def _events(scope: Scope, payment_ids: Iterable[int]) -> list[Event]:
    of_documents = about(scope.subjects()) & ~Q(name__in=_TOLD_BY_ROWS)
    of_payments = Q(subject=Event.Subject.PAYMENT, subject_id__in=list(payment_ids), name="received")
    return list(Event.objects.filter(of_documents | of_payments, merchant_id=scope.merchant_id).order_by("id"))


def _attempts(scope: Scope) -> Iterator[Line]:
    for attempt in DeliveryAttempt.objects.filter(invoice__in=scope.invoices).order_by("pk"):
        channel = dict(Channel.choices).get(attempt.channel, attempt.channel)
        words = {"channel": channel, "outcome": attempt.get_outcome_display()}
        yield Line(
            subject=scope.name_of(attempt.invoice_id),
            what=_ASKED[attempt.action] % words,
            detail=gateway_words(attempt.detail),
            who=name_of_actor("system"),
            when=attempt.started_at,
        )


def _enquiries(scope: Scope) -> Iterator[Line]:
    for enquiry in Enquiry.objects.filter(invoice__in=scope.invoices).order_by("pk"):
        amount = "" if enquiry.amount is None else money_text(enquiry.amount, scope.currency)
        yield Line(
            subject=scope.name_of(enquiry.invoice_id),
            what=_("The gateway was asked about it and answered: %(finding)s")
            % {"finding": enquiry.get_finding_display()},
            detail=_joined(amount, gateway_words(enquiry.detail)),
            who=name_of_actor("gateway"),
            when=enquiry.asked_at,
        )


def _callbacks(scope: Scope) -> Iterator[Line]:
    callbacks = GatewayCallback.objects.filter(invoice__in=scope.invoices).defer("payload").order_by("pk")
    for callback in callbacks:
        times = f"× {callback.times_received}" if callback.times_received > 1 else ""
        yield Line(
            subject=scope.name_of(callback.invoice_id),
            what=_("A callback came in (%(kind)s): %(state)s")
            % {"kind": callback.get_kind_display(), "state": callback.get_state_display()},
            detail=_joined(gateway_words(callback.problem), times),
            who=name_of_actor("gateway"),
            when=callback.received_at,
        )


def _payments(scope: Scope) -> Iterator[tuple[int, Line]]:
    for payment in scope.payments:
        words = {
            "amount": money_text(payment.amount, payment.currency),
            "method": payment.get_method_display(),
            "settled": money_text(payment.applied_amount, payment.currency),
        }
        taker = payment.recorded_by
        line = Line(
            subject=scope.name_of(payment.invoice_id),
            what=_("%(amount)s received (%(method)s); %(settled)s of it settled what was owed") % words,
            detail=_joined(payment.get_review_reason_display(), payment.note),
            who=taker.display_name if taker else name_of_actor("gateway"),
            when=payment.received_at,
        )
        yield payment.pk, line


def _credits(scope: Scope) -> Iterator[Line]:
    for credit in scope.credits:
        words = {"amount": money_text(credit.amount, scope.currency), "what": f"\u2068{credit.payable}\u2069"}
        user = credit.decided_by
        assert user is not None  # credit_is_decided_by_somebody
        assert credit.decided_at is not None
        yield Line(
            subject=str(Credit._meta.verbose_name),
            what=_("%(amount)s of an overpayment settled what was owed for %(what)s") % words,
            detail=credit.reason,
            who=user.display_name,
            when=credit.decided_at,
        )


def _reminders(scope: Scope) -> Iterator[Line]:
    for reminder in scope.reminders:
        words = {"channel": reminder.get_channel_display(), "status": reminder.get_status_display()}
        yield Line(
            subject=scope.name_of(reminder.invoice_id),
            what=_("The customer was to be reminded (%(channel)s): %(status)s") % words,
            detail=gateway_words(reminder.detail),
            who=name_of_actor("system"),
            when=reminder.claimed_at,
        )


def _joined(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))
