"""What became of a call that asked the gateway to create an invoice, and what that means for the invoice."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from billing.models import Event
from billing.services import record_event
from invoices.gateway.errors import (
    CredentialsRefused,
    OutcomeUnknown,
    Rejected,
    ReplyInvalid,
    Throttled,
    Unavailable,
)
from invoices.gateway.invoices import GatewayInvoice
from invoices.gateway.orders import InvoiceOrder
from invoices.models import DeliveryAttempt, Invoice
from invoices.policy import GatewayPolicy
from invoices.services import accounts
from invoices.services.sent import sent_fields

logger = logging.getLogger(__name__)

Delivery = Invoice.Delivery
Outcome = DeliveryAttempt.Outcome


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call under way: the invoice it is for, the attempt written down for it, and what is sent."""

    invoice: Invoice
    attempt: DeliveryAttempt
    order: InvoiceOrder
    today: date
    give_up_at: float


def record_outcome(call: Call, future: Future[GatewayInvoice], *, policy: GatewayPolicy, now: datetime) -> None:
    """Write down how a call ended. Anything but a definite answer is UNKNOWN: asked about before it is repeated."""
    try:
        created = future.result()
    except Rejected as refusal:
        _record_refusal(call, refusal, now=now)
    except Unavailable as failure:
        _record_not_sent(call, failure, policy=policy, now=now)
    except Exception as doubt:
        _record_unknown(call, doubt, policy=policy, now=now)
    else:
        accounts.note_answer(call.attempt.gateway_account_id)
        _finish(call, Outcome.DONE, "", now=now, delivery=Delivery.SENT, **sent_fields(created, now=now))


def _record_refusal(call: Call, refusal: Rejected, *, now: datetime) -> None:
    account_id = call.attempt.gateway_account_id
    if isinstance(refusal, CredentialsRefused):
        # The account is at fault, not the invoice, which waits for it.
        accounts.park_account(account_id, reason=refusal.reason, now=now)
        _finish(call, Outcome.REFUSED, refusal.reason, now=now, delivery=Delivery.NEW, next_attempt_at=now)
        return
    accounts.note_answer(account_id)
    problem = _explain(refusal)
    _finish(call, Outcome.REFUSED, problem, now=now, delivery=Delivery.REJECTED, problem=problem)


def _record_not_sent(call: Call, failure: Unavailable, *, policy: GatewayPolicy, now: datetime) -> None:
    account_id = call.attempt.gateway_account_id
    delay = policy.retry_delay(call.invoice.attempts)
    attempts = call.invoice.attempts
    if isinstance(failure, Throttled):
        attempts -= 1  # being asked to wait says nothing about this invoice
        delay = max(timedelta(seconds=failure.retry_after or 0), policy.retry_delay(0))
        accounts.pause_account(account_id, until=now + delay)
    else:
        accounts.note_failure(account_id, policy=policy, now=now)
    is_hopeless = attempts >= policy.max_attempts
    _finish(
        call,
        Outcome.NOT_SENT,
        str(failure),
        now=now,
        delivery=Delivery.PARKED if is_hopeless else Delivery.NEW,
        attempts=attempts,
        next_attempt_at=now + delay,
        problem=str(failure)[:500],
    )


def _record_unknown(call: Call, doubt: Exception, *, policy: GatewayPolicy, now: datetime) -> None:
    if isinstance(doubt, ReplyInvalid):
        logger.error("invoice %s: the gateway's answer cannot be believed: %s", call.invoice.pk, doubt)
    elif not isinstance(doubt, OutcomeUnknown):
        logger.error("invoice %s: the call failed inside our own code", call.invoice.pk, exc_info=doubt)
    accounts.note_failure(call.attempt.gateway_account_id, policy=policy, now=now)
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
    """
    Write the outcome down if the invoice is still in our hands.

    If it is not, our lease ran out and somebody asks the gateway instead: what they find decides.
    """
    DeliveryAttempt.objects.filter(pk=call.attempt.pk).update(outcome=outcome, detail=detail[:500], finished_at=now)
    ours = Invoice.objects.filter(pk=call.invoice.pk, delivery=Delivery.SENDING, lease_id=call.invoice.lease_id)
    if not ours.update(lease_id="", lease_until=None, call_started_at=None, **changes):
        logger.warning("invoice %s: its lease had run out when the call ended %s", call.invoice.pk, outcome)
        return
    if outcome == Outcome.DONE:
        Invoice.objects.filter(pk=call.invoice.pk, cancel_requested_at__isnull=False).update(next_cancel_at=now)
    record_event(
        merchant_id=call.invoice.merchant_id,
        subject=Event.Subject.INVOICE,
        subject_id=call.invoice.pk,
        name=f"delivery_{outcome.lower()}",
        actor="gateway",
        channel=call.attempt.channel,
    )


def _explain(refusal: Rejected) -> str:
    """The gateway's reason with its field errors, for staff."""
    fields = "; ".join(f"{name}: {', '.join(texts)}" for name, texts in refusal.field_errors.items())
    return f"{refusal.reason} ({fields})"[:500] if fields else refusal.reason[:500]
