"""Callbacks taken as hints to ask the gateway. Nothing they say is believed."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Case, When

from invoices.gateway.errors import GatewayError
from invoices.models import Enquiry, GatewayCallback, Invoice
from invoices.policy import GatewayPolicy
from invoices.services import accounts
from invoices.services.callbacks.endings import close, put_off
from invoices.services.callbacks.hints import PAYMENT_FAILED, Hint, is_known_to_have_failed, read_hint
from invoices.services.callbacks.keeping import ASKED_AT_MOST_EVERY
from invoices.services.callbacks.questions import NotNow, admit, find_invoice
from invoices.services.enquiries.answers import apply_answer
from invoices.services.enquiries.enquiry import ask
from invoices.services.gateways import client_for

logger = logging.getLogger(__name__)

State = GatewayCallback.State
# Only the gateway can seal a return; anybody can send webhooks, as many as they like.
_SEALED_FIRST: Final = Case(When(kind=GatewayCallback.Kind.RETURN, then=0), default=1)
_ASKED_A_MOMENT_AGO: Final = "asked a moment ago"


def process_callbacks(*, policy: GatewayPolicy, now: datetime, limit: int = 200, seconds: float = 40) -> int:
    """Ask the gateway about what waiting callbacks hint at, for a while; how many were looked at."""
    ends_at = time.monotonic() + seconds
    waiting = GatewayCallback.objects.filter(state=State.WAITING, next_attempt_at__lte=now)
    done = 0
    for callback_id in list(waiting.order_by(_SEALED_FIRST, "next_attempt_at").values_list("pk", flat=True)[:limit]):
        if time.monotonic() > ends_at:
            break
        try:
            done += _process(callback_id, policy=policy, now=now)
        except Exception:  # one callback's trouble is not another's; it is tried again when its claim runs out
            logger.exception("callback %s: processing failed", callback_id)
    return done


def _process(callback_id: int, *, policy: GatewayPolicy, now: datetime) -> int:
    callback = _claim(callback_id, policy=policy, now=now)
    if callback is None:
        return 0
    hint = read_hint(callback) or _known_hint(callback)
    try:
        invoice = find_invoice(callback, hint, policy=policy, now=now) if hint else None
    except NotNow as reason:
        put_off(callback, None, now + ASKED_AT_MOST_EVERY, str(reason), counts=reason.was_asked)
        return 1
    if hint is None or invoice is None:
        problem = "unreadable" if hint is None else "names no invoice of this merchant"
        close(callback, State.IGNORED, now=now, problem=problem)
        return 1
    if _is_old_news(invoice, hint) or is_known_to_have_failed(invoice, hint, since=now - ASKED_AT_MOST_EVERY):
        close(callback, State.RESOLVED, now=now, invoice=invoice)
    elif not _may_ask(invoice, now):
        put_off(callback, invoice, now + ASKED_AT_MOST_EVERY, _ASKED_A_MOMENT_AGO, counts=False)
    else:
        _ask(callback, invoice, hint, policy=policy, now=now)
    return 1


@transaction.atomic
def _claim(callback_id: int, *, policy: GatewayPolicy, now: datetime) -> GatewayCallback | None:
    waiting = GatewayCallback.objects.filter(pk=callback_id, state=State.WAITING, next_attempt_at__lte=now)
    callback = waiting.select_for_update(skip_locked=True).first()
    if callback is None:
        return None
    callback.attempts += 1
    callback.next_attempt_at = now + policy.lease
    callback.save(update_fields=["attempts", "next_attempt_at"])
    return callback


def _known_hint(callback: GatewayCallback) -> Hint | None:
    """What it led to before, where its content was forgotten meanwhile: money may still come."""
    return Hint(reference=callback.invoice.reference, token="") if callback.invoice else None


def _is_old_news(invoice: Invoice, hint: Hint) -> bool:
    """The payment it speaks of is booked already."""
    return bool(hint.token) and invoice.payments.filter(transaction_token=hint.token).exists()


def _may_ask(invoice: Invoice, now: datetime) -> bool:
    """Take the invoice's turn to be asked about, if its last was long enough ago."""
    account = invoice.gateway_account
    if account is None or not account.can_enquire:
        return False
    free = Invoice.objects.filter(pk=invoice.pk).exclude(last_asked_at__gt=now - ASKED_AT_MOST_EVERY)
    return bool(free.update(last_asked_at=now))


def _ask(callback: GatewayCallback, invoice: Invoice, hint: Hint, *, policy: GatewayPolicy, now: datetime) -> None:
    account = invoice.gateway_account
    assert account is not None
    try:
        admit(account, policy=policy, now=now)
        answer = ask(client_for(account), invoice, transaction_token=hint.token)
    except NotNow as reason:
        put_off(callback, invoice, now + ASKED_AT_MOST_EVERY, str(reason), counts=False)
        return
    except GatewayError as failure:
        accounts.note_failed_call(account.pk, failure, policy=policy, now=now)
        put_off(callback, invoice, now + ASKED_AT_MOST_EVERY, str(failure))
        return
    accounts.note_answers([account.pk], now=now)
    apply_answer(invoice_id=invoice.pk, answer=answer, policy=policy, now=now)
    if answer.is_pending and answer.finding != Enquiry.Finding.PAID:
        # Meanwhile the customer is not invited to pay a second time.
        put_off(callback, invoice, now + ASKED_AT_MOST_EVERY, "the payment is still pending")
        return
    close(callback, State.RESOLVED, now=now, invoice=invoice, problem=PAYMENT_FAILED if answer.has_failed else "")
    if answer.has_failed:
        _look_again_at_others(invoice, now)


def _look_again_at_others(invoice: Invoice, now: datetime) -> None:
    """Those that came while the gateway was being asked, and told of the same failure: a customer waits for them."""
    waiting = GatewayCallback.objects.filter(invoice=invoice, state=State.WAITING, problem=_ASKED_A_MOMENT_AGO)
    waiting.update(next_attempt_at=now)
