"""Having the gateway send its message once more: of one invoice that a person looks at, or of each of many."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.clock import database_now
from billing.errors import DomainError
from billing.services.wrong_recipients import check_messages_go_on, lock_customer
from invoices.gateway.errors import GatewayError, OutcomeUnknown, Rejected
from invoices.models import DeliveryAttempt, Invoice
from invoices.policy import GatewayPolicy
from invoices.services import accounts
from invoices.services.awaited_calls import admit_awaited
from invoices.services.gateways import client_for
from invoices.services.invoice_events import record_invoice_event
from invoices.services.resend_limits import ResentJustNow, check_limits, resent_just_now

Delivery = Invoice.Delivery


class CannotResend(DomainError):
    code = "CANNOT_RESEND"
    message = gettext_noop("Only an open invoice that the gateway has sent can be sent again.")


class ResendFailed(DomainError):
    code = "RESEND_FAILED"
    message = gettext_noop("The gateway did not send it again.")


class ResendUnknown(DomainError):
    code = "RESEND_UNKNOWN"
    message = gettext_noop(
        "Nobody knows whether the gateway sent it again: the customer may have had the message. "
        "Ask the customer before you send it once more."
    )
    leaves_doubt = True


def resend_invoice(
    *,
    merchant_id: int,
    invoice_id: int,
    actor: str,
    policy: GatewayPolicy,
    now: datetime,
    is_one_of_many: bool = False,
) -> DeliveryAttempt:
    """
    Have the gateway send its message again. Written down before the call, so that two clicks are one message.

    :param is_one_of_many: nobody has looked at this one, so its merchant's quiet times and messages a day hold for it
    :raises CannotResend: :raises ResentJustNow: :raises MessagesStopped: :raises KeysUnreadable:
    :raises QuietNow: :raises TooManyMessages: where it is one of many
    :raises AccountIsParked: :raises GatewayLeftAlone: nothing was sent
    :raises ResendFailed: nothing was sent; with the gateway's reason
    :raises ResendUnknown: it may have been sent
    """
    attempt = _begin_resend(merchant_id, invoice_id, policy, now, is_one_of_many=is_one_of_many)
    invoice = attempt.invoice
    try:
        client_for(attempt.gateway_account).resend_invoice(invoice.gateway_id, invoice.customer.phone)
    except GatewayError as failure:
        _finish_resend(attempt, failure, now)
        accounts.note_failed_call(attempt.gateway_account_id, failure, policy=policy, now=database_now())
        refusal = ResendUnknown if isinstance(failure, OutcomeUnknown) else ResendFailed
        raise refusal(reason=_why(failure)) from failure
    _finish_resend(attempt, None, now)
    accounts.note_answers([attempt.gateway_account_id], now=database_now())
    record_invoice_event(invoice, "resent", actor=actor)
    return attempt


@transaction.atomic
def _begin_resend(
    merchant_id: int, invoice_id: int, policy: GatewayPolicy, now: datetime, *, is_one_of_many: bool
) -> DeliveryAttempt:
    asked = Invoice.objects.select_related("gateway_account").get(merchant_id=merchant_id, pk=invoice_id)
    if asked.gateway_account is None:
        raise CannotResend
    admit_awaited(asked.gateway_account, policy=policy, now=now)
    if is_one_of_many:  # another list's messages to this customer are counted before or after
        lock_customer(merchant_id=merchant_id, customer_id=asked.customer_id)
    invoice = Invoice.objects.select_for_update().get(merchant_id=merchant_id, pk=invoice_id)
    is_out = invoice.delivery == Delivery.SENT and invoice.gateway_id
    if invoice.status != Invoice.Status.OPEN or not is_out or invoice.cancel_requested_at:
        raise CannotResend
    check_messages_go_on(customer_id=invoice.customer_id)
    if resent_just_now([invoice], now):
        raise ResentJustNow
    if is_one_of_many:
        check_limits(invoice, now)
    assert invoice.gateway_account is not None  # invoice_sent_has_an_account_and_a_time
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
