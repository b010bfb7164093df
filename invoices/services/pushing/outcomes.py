"""What became of calls that asked the gateway to create invoices, and what that means for them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from billing.models import Event
from billing.services.events import Line, record_lines
from invoices.gateway.errors import (
    CredentialsRefused,
    OrderInvalid,
    OutcomeUnknown,
    Rejected,
    ReplyInvalid,
    Throttled,
    Unavailable,
)
from invoices.models import DeliveryAttempt, Invoice
from invoices.policy import GatewayPolicy
from invoices.services import accounts
from invoices.services.fallback import try_to_fall_back, wish_for
from invoices.services.pushing.calls import Call, Ended
from invoices.services.pushing.sent_rows import finish_attempts, mark_sent, tell_of_sent

logger = logging.getLogger(__name__)

Delivery = Invoice.Delivery
Outcome = DeliveryAttempt.Outcome


def record_outcomes(ended: Sequence[Ended], *, policy: GatewayPolicy, now: datetime) -> None:
    """
    Write down how calls ended: what was created all together, the rest one by one.

    Anything but a definite answer is UNKNOWN: asked about before it is repeated.
    """
    created = [one for one in ended if one.created is not None]
    if created:
        _record_created(created, now=now)
    for one in ended:
        if one.failure is not None:
            _record_failure(one.call, one.failure, policy=policy, now=now)
    _note_accounts(ended, policy=policy, now=now)


@transaction.atomic
def _record_created(ended: Sequence[Ended], *, now: datetime) -> None:
    finish_attempts(ended, now=now)
    sent = mark_sent(ended, now=now)
    tell_of_sent(sent, now=now)
    for one in ended:
        if one.call.invoice.id not in sent:
            _tell_it_was_late(one.call, Outcome.DONE)


def _record_failure(call: Call, failure: Exception, *, policy: GatewayPolicy, now: datetime) -> None:
    if isinstance(failure, CredentialsRefused):
        _record_refused_account(call, failure, policy=policy, now=now)
    elif isinstance(failure, Rejected):
        _record_refusal(call, failure, now=now)
    elif isinstance(failure, Unavailable):
        _record_not_sent(call, failure, policy=policy, now=now)
    else:
        _record_unknown(call, failure, now=now)


def _record_refused_account(call: Call, refusal: CredentialsRefused, *, policy: GatewayPolicy, now: datetime) -> None:
    """The account is at fault, not the invoice, which waits for it and has lost none of its attempts."""
    accounts.note_failed_call(call.account_id, refusal, policy=policy, now=now)
    changes = {"delivery": Delivery.NEW, "next_attempt_at": now, "attempts": call.attempts - 1}
    _finish(call, Outcome.REFUSED, refusal.reason, now=now, **changes)


def _record_refusal(call: Call, refusal: Rejected, *, now: datetime) -> None:
    problem = _explain(refusal)
    wish = wish_for(refusal)
    _finish(call, Outcome.REFUSED, problem, now=now, delivery=Delivery.REJECTED, problem=problem, **wish)
    if wish:
        try_to_fall_back(invoice_id=call.invoice.id, now=now)


def _record_not_sent(call: Call, failure: Unavailable, *, policy: GatewayPolicy, now: datetime) -> None:
    again_at = now + policy.retry_delay(call.attempts)
    attempts = call.attempts
    if isinstance(failure, Throttled):
        attempts -= 1  # being asked to wait says nothing about this invoice
        again_at = accounts.note_failed_call(call.account_id, failure, policy=policy, now=now)
    is_hopeless = attempts >= policy.max_attempts
    _finish(
        call,
        Outcome.NOT_SENT,
        str(failure),
        now=now,
        delivery=Delivery.PARKED if is_hopeless else Delivery.NEW,
        attempts=attempts,
        next_attempt_at=again_at,
        problem=str(failure)[:500],
    )


def _record_unknown(call: Call, doubt: Exception, *, now: datetime) -> None:
    if isinstance(doubt, ReplyInvalid):
        logger.error("invoice %s: the gateway's answer cannot be believed: %s", call.invoice.id, doubt)
    elif not isinstance(doubt, OutcomeUnknown):
        logger.error("invoice %s: the call failed inside our own code", call.invoice.id, exc_info=doubt)
    detail = str(doubt) if isinstance(doubt, OutcomeUnknown) else type(doubt).__name__
    _finish(
        call,
        Outcome.UNKNOWN,
        detail,
        now=now,
        delivery=Delivery.UNKNOWN,
        unknown_since=now,
        looks=0,
        next_look_at=now,
        problem=detail[:500],
    )


@transaction.atomic
def _finish(call: Call, outcome: DeliveryAttempt.Outcome, detail: str, *, now: datetime, **changes: Any) -> None:
    DeliveryAttempt.objects.filter(pk=call.attempt_id).update(outcome=outcome, detail=detail[:500], finished_at=now)
    ours = Invoice.objects.filter(pk=call.invoice.id, delivery=Delivery.SENDING, lease_id=call.lease_id)
    if ours.update(lease_id="", lease_until=None, call_started_at=None, **changes):
        _tell(call, outcome, now)
    else:
        _tell_it_was_late(call, outcome)


def _tell_it_was_late(call: Call, outcome: DeliveryAttempt.Outcome) -> None:
    """The invoice is no longer in our hands. Somebody asks the gateway instead: what they find decides."""
    logger.warning("invoice %s: its lease had run out when the call ended %s", call.invoice.id, outcome)


def _tell(call: Call, outcome: DeliveryAttempt.Outcome, now: datetime) -> None:
    line = Line(call.invoice.merchant_id, call.invoice.id, {"channel": call.invoice.channel})
    name = f"delivery_{outcome.lower()}"
    record_lines([line], subject=Event.Subject.INVOICE, name=name, actor="gateway", now=now)


def _note_accounts(ended: Sequence[Ended], *, policy: GatewayPolicy, now: datetime) -> None:
    """
    What these calls say of their gateways; only the failures after the last answer were in a row.

    An answer is worth noting only where failures were known when its call began, or have just ended before it.
    """
    answered, failures = set(), Counter[int]()
    for one in ended:
        if _is_answer(one):
            if one.call.is_in_trouble or failures[one.call.account_id]:
                answered.add(one.call.account_id)
            failures[one.call.account_id] = 0
        elif one.failure is not None and accounts.counts_against_gateway(one.failure):
            failures[one.call.account_id] += 1
    if answered:
        accounts.note_answers(answered, now=now)
    for account_id, count in failures.items():
        if count:
            accounts.note_failures(account_id, count=count, policy=policy, now=now)


def _is_answer(ended: Ended) -> bool:
    is_refused = isinstance(ended.failure, Rejected)
    is_no_word_on_it = isinstance(ended.failure, CredentialsRefused | OrderInvalid)  # the latter was never sent
    return ended.created is not None or (is_refused and not is_no_word_on_it)


def _explain(refusal: Rejected) -> str:
    """The gateway's reason with its field errors, for staff."""
    if isinstance(refusal, OrderInvalid):
        return refusal.reason  # which says it all
    fields = "; ".join(f"{name}: {', '.join(texts)}" for name, texts in refusal.field_errors.items())
    return f"{refusal.reason} ({fields})"[:500] if fields else refusal.reason[:500]
