"""What happened, row by row: each becomes a line that says it in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.cells import money_text
from billing.admin.timeline import Line, about, describe, name_of_actor, names_of_actors
from billing.models import Channel, Event
from invoices.explaining.scope import Scope
from invoices.models import Credit, DeliveryAttempt, Enquiry, GatewayCallback

Action = DeliveryAttempt.Action

# Their rows say more than these events do.
_TOLD_BY_ROWS: Final = (
    "received",
    "resent",
    "delivery_done",
    "delivery_not_sent",
    "delivery_refused",
    "delivery_unknown",
)
_ASKED: Final[Mapping[str, str | Promise]] = {
    Action.CREATE: gettext_lazy("The gateway was asked to make and send it by %(channel)s: %(outcome)s"),
    Action.RESEND: gettext_lazy("The gateway was asked to send it once more by %(channel)s: %(outcome)s"),
    Action.CANCEL: gettext_lazy("The gateway was asked to cancel it: %(outcome)s"),
}


def all_lines(scope: Scope) -> list[Line]:
    """Oldest first."""
    lines = [*_events(scope), *_attempts(scope), *_enquiries(scope), *_callbacks(scope)]
    lines += [*_payments(scope), *_credits(scope), *_reminders(scope)]
    return sorted(lines, key=lambda line: line.when)


def _events(scope: Scope) -> Iterator[Line]:
    found = Event.objects.filter(about(scope.subjects()), merchant_id=scope.merchant_id)
    events = list(found.exclude(name__in=_TOLD_BY_ROWS).order_by("id"))
    names = names_of_actors(event.actor for event in events)
    for event in events:
        subject = scope.names[event.subject, event.subject_id]
        yield describe(event, names, scope.currency, subject=subject)


def _attempts(scope: Scope) -> Iterator[Line]:
    for attempt in DeliveryAttempt.objects.filter(invoice__in=scope.invoices).order_by("pk"):
        channel = dict(Channel.choices).get(attempt.channel, attempt.channel)
        words = {"channel": channel, "outcome": attempt.get_outcome_display()}
        yield Line(
            subject=scope.name_of(attempt.invoice_id),
            what=_ASKED[attempt.action] % words,
            detail=attempt.detail,
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
            detail=_joined(amount, enquiry.detail),
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
            detail=_joined(callback.problem, times),
            who=name_of_actor("gateway"),
            when=callback.received_at,
        )


def _payments(scope: Scope) -> Iterator[Line]:
    for payment in scope.payments:
        words = {
            "amount": money_text(payment.amount, payment.currency),
            "method": payment.get_method_display(),
            "settled": money_text(payment.applied_amount, payment.currency),
        }
        taker = payment.recorded_by
        yield Line(
            subject=scope.name_of(payment.invoice_id),
            what=_("%(amount)s received (%(method)s); %(settled)s of it settled what was owed") % words,
            detail=_joined(payment.get_review_reason_display(), payment.note),
            who=(taker.get_full_name() or taker.username) if taker else name_of_actor("gateway"),
            when=payment.received_at,
        )


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
            who=user.get_full_name() or user.username,
            when=credit.decided_at,
        )


def _reminders(scope: Scope) -> Iterator[Line]:
    for reminder in scope.reminders:
        words = {"channel": reminder.get_channel_display(), "status": reminder.get_status_display()}
        yield Line(
            subject=scope.name_of(reminder.invoice_id),
            what=_("The customer was to be reminded (%(channel)s): %(status)s") % words,
            detail=reminder.detail,
            who=name_of_actor("system"),
            when=reminder.claimed_at,
        )


def _joined(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))
