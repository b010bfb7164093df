"""What only a person can decide: outcomes nobody can ask about, refusals put right, messages sent once more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Event
from billing.services import record_event
from billing.services.wrong_recipients import check_messages_go_on
from invoices.gateway.errors import GatewayError, OutcomeUnknown, Rejected
from invoices.models import DeliveryAttempt, Invoice
from invoices.services.cancelling import mark_cancelled
from invoices.services.gateways import check_keys, client_for
from invoices.services.issuing import renew_invoice

Delivery = Invoice.Delivery
RESEND_COOLDOWN: Final = timedelta(minutes=2)
_NO_MESSAGE: Final = (DeliveryAttempt.Outcome.NOT_SENT, DeliveryAttempt.Outcome.REFUSED)


class NothingToDecide(DomainError):
    code = "NOTHING_TO_DECIDE"
    message = gettext_noop("This invoice's outcome is known: there is nothing to decide.")


class CannotResend(DomainError):
    code = "CANNOT_RESEND"
    message = gettext_noop("Only an open invoice that the gateway has sent can be sent again.")


class ResentJustNow(DomainError):
    code = "RESENT_JUST_NOW"
    message = gettext_noop(
        "This invoice was sent again a moment ago. Give the customer two minutes before the next message."
    )


class ResendFailed(DomainError):
    code = "RESEND_FAILED"
    message = gettext_noop("The gateway did not send it again.")


@transaction.atomic
def confirm_sent(*, merchant_id: int, invoice_id: int, actor: str, now: datetime) -> Invoice:
    """
    Staff have seen in the gateway's panel that it was sent.

    :raises NothingToDecide:
    """
    invoice = _undecided(merchant_id, invoice_id)
    return _decide(
        invoice,
        "confirmed_sent",
        actor,
        delivery=Delivery.SENT,
        sent_at=now,
        next_look_at=None,
        next_poll_at=now,
        next_cancel_at=now if invoice.cancel_requested_at else None,
    )


@transaction.atomic
def send_again(*, merchant_id: int, invoice_id: int, actor: str, now: datetime) -> Invoice:
    """
    Staff have seen that the gateway does not have it, or have mended what it was refused for.

    A refused one is replaced, for a reference that was refused is not used again. One that was to be cancelled is.

    :raises NothingToDecide:
    """
    invoice = _undecided(merchant_id, invoice_id, Delivery.REJECTED)
    if invoice.cancel_requested_at is not None:
        mark_cancelled(invoice, actor=actor, now=now)
        return invoice
    if invoice.delivery == Delivery.REJECTED:
        invoice.cancel_reason, invoice.renew_when_cancelled = Invoice.CancelReason.REPLACED, False
        invoice.save(update_fields=["cancel_reason", "renew_when_cancelled"])
        mark_cancelled(invoice, actor=actor, now=now)
        return renew_invoice(payable=invoice.payable, actor=actor, now=now)
    return _decide(
        invoice,
        "send_again",
        actor,
        delivery=Delivery.NEW,
        attempts=0,
        lost_leases=0,
        looks=0,
        next_look_at=None,
        next_attempt_at=now,
    )


def resend_invoice(*, merchant_id: int, invoice_id: int, actor: str, now: datetime) -> DeliveryAttempt:
    """
    Have the gateway send its message again. Written down before the call, so that two clicks are one message.

    :raises CannotResend: :raises ResentJustNow: :raises MessagesStopped: :raises KeysUnreadable:
    :raises ResendFailed: with the gateway's reason; where the outcome is unknown, it says so
    """
    attempt = _begin_resend(merchant_id, invoice_id, now)
    invoice = attempt.invoice
    try:
        client_for(attempt.gateway_account).resend_invoice(invoice.gateway_id, invoice.customer.phone)
    except GatewayError as failure:
        _finish_resend(attempt, failure, now)
        raise ResendFailed(reason=_why(failure)) from failure
    _finish_resend(attempt, None, now)
    record_event(
        merchant_id=merchant_id,
        subject=Event.Subject.INVOICE,
        subject_id=invoice.pk,
        name="resent",
        actor=actor,
    )
    return attempt


@transaction.atomic
def _begin_resend(merchant_id: int, invoice_id: int, now: datetime) -> DeliveryAttempt:
    invoice = Invoice.objects.select_for_update().get(merchant_id=merchant_id, pk=invoice_id)
    is_out = invoice.delivery == Delivery.SENT and invoice.gateway_id
    if invoice.status != Invoice.Status.OPEN or not is_out or invoice.cancel_requested_at:
        raise CannotResend
    check_messages_go_on(customer_id=invoice.customer_id)
    assert invoice.gateway_account is not None  # invoice_sent_has_an_account_and_a_time
    check_keys(invoice.gateway_account)
    resends = invoice.delivery_attempts.filter(action=DeliveryAttempt.Action.RESEND)
    if resends.exclude(outcome__in=_NO_MESSAGE).filter(started_at__gt=now - RESEND_COOLDOWN).exists():
        raise ResentJustNow
    return DeliveryAttempt.objects.create(
        merchant_id=merchant_id,
        invoice=invoice,
        gateway_account=invoice.gateway_account,
        action=DeliveryAttempt.Action.RESEND,
        channel=invoice.channel,
        started_at=now,
    )


def _finish_resend(attempt: DeliveryAttempt, failure: GatewayError | None, now: datetime) -> None:
    attempt.outcome = _resend_outcome(failure)
    attempt.detail = str(failure or "")[:500]
    attempt.finished_at = now
    attempt.save(update_fields=["outcome", "detail", "finished_at"])


def _resend_outcome(failure: GatewayError | None) -> DeliveryAttempt.Outcome:
    if failure is None:
        return DeliveryAttempt.Outcome.DONE
    if isinstance(failure, OutcomeUnknown):
        return DeliveryAttempt.Outcome.UNKNOWN
    return DeliveryAttempt.Outcome.REFUSED if isinstance(failure, Rejected) else DeliveryAttempt.Outcome.NOT_SENT


def _why(failure: GatewayError) -> str:
    return failure.reason if isinstance(failure, Rejected) else str(failure)


def _undecided(merchant_id: int, invoice_id: int, *also: Invoice.Delivery) -> Invoice:
    invoice = Invoice.objects.select_for_update().get(merchant_id=merchant_id, pk=invoice_id)
    is_undecided = invoice.delivery in (Delivery.UNKNOWN, Delivery.PARKED, *also)
    if not is_undecided or invoice.status != Invoice.Status.OPEN:
        raise NothingToDecide
    return invoice


def _decide(invoice: Invoice, event: str, actor: str, **changes: Any) -> Invoice:
    changes |= {"problem": "", "unknown_since": None}
    for name, value in changes.items():
        setattr(invoice, name, value)
    invoice.save(update_fields=list(changes))
    record_event(
        merchant_id=invoice.merchant_id,
        subject=Event.Subject.INVOICE,
        subject_id=invoice.pk,
        name=event,
        actor=actor,
    )
    return invoice
