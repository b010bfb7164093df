"""Callbacks: kept as they came, then taken as hints to ask the gateway. Nothing they say is believed."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from billing.models import Merchant
from invoices.gateway.errors import CredentialsRefused, GatewayError, Rejected, Throttled
from invoices.models import Enquiry, GatewayAccount, GatewayCallback, Invoice
from invoices.policy import GatewayPolicy
from invoices.services import accounts
from invoices.services.enquiries.answers import apply_answer
from invoices.services.enquiries.enquiry import ask
from invoices.services.forgetting.afterwards import is_forgotten
from invoices.services.gateways import client_for
from invoices.services.hints import PAYMENT_FAILED, Hint, is_known_to_have_failed, read_hint
from invoices.services.pushing.admission import admit_question

logger = logging.getLogger(__name__)

State = GatewayCallback.State
# However many callbacks name an invoice, the gateway is asked about it this often at most: no amplification.
ASKED_AT_MOST_EVERY: Final = timedelta(minutes=1)
MOST_ATTEMPTS: Final = 60
_ASKED_A_MOMENT_AGO: Final = "asked a moment ago"


def keep_callback(
    *,
    merchant: Merchant,
    kind: GatewayCallback.Kind,
    payload: bytes,
    content_type: str,
    inbox_limit: int,
    now: datetime,
) -> str:
    """
    Store a callback once, whatever it is, and return the id of the page that watches what becomes of it.

    Nothing is kept when the merchant's inbox is full of unread ones: payments are found by polling all the same.
    """
    watch_id = secrets.token_hex(16)
    waiting = GatewayCallback.objects.filter(merchant=merchant, state=State.WAITING)
    if waiting[:inbox_limit].count() >= inbox_limit:
        logger.warning("merchant %s: callback inbox is full, one was dropped", merchant.pk)
        return watch_id
    kept, is_new = GatewayCallback.objects.get_or_create(
        merchant=merchant,
        kind=kind,
        payload_digest=hashlib.sha256(payload).hexdigest(),
        defaults={
            "watch_id": watch_id,
            "payload": payload,
            "content_type": content_type[:100],
            "received_at": now,
            "next_attempt_at": now,
        },
    )
    if not is_new:
        _receive_again(kept, now)
    return kept.watch_id


def _receive_again(kept: GatewayCallback, now: datetime) -> None:
    """The same once more: worth asking again, if no payment came of it, though not at once."""
    same = GatewayCallback.objects.filter(pk=kept.pk)
    same.update(times_received=F("times_received") + 1)
    unpaid = Q(invoice=None) | ~Q(invoice__status=Invoice.Status.PAID)
    closed = same.filter(unpaid, next_attempt_at__lte=now - ASKED_AT_MOST_EVERY).exclude(state=State.WAITING)
    closed.update(state=State.WAITING, attempts=0, next_attempt_at=now)


def process_callbacks(*, policy: GatewayPolicy, now: datetime, limit: int = 200, seconds: float = 40) -> int:
    """Ask the gateway about what waiting callbacks hint at, for a while; how many were looked at."""
    ends_at = time.monotonic() + seconds
    waiting = GatewayCallback.objects.filter(state=State.WAITING, next_attempt_at__lte=now)
    done = 0
    for callback_id in list(waiting.order_by("next_attempt_at").values_list("pk", flat=True)[:limit]):
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
        invoice = _invoice_of(callback, hint, policy=policy, now=now) if hint else None
    except NotNow as reason:
        _put_off(callback, None, now + ASKED_AT_MOST_EVERY, str(reason), counts=False)
        return 1
    if hint is None or invoice is None:
        problem = "unreadable" if hint is None else "names no invoice of this merchant"
        _close(callback, State.IGNORED, now=now, problem=problem)
        return 1
    if _is_old_news(invoice, hint) or is_known_to_have_failed(invoice, hint, since=now - ASKED_AT_MOST_EVERY):
        _close(callback, State.RESOLVED, now=now, invoice=invoice)
    elif not _may_ask(invoice, now):
        _put_off(callback, invoice, now + ASKED_AT_MOST_EVERY, _ASKED_A_MOMENT_AGO, counts=False)
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


class NotNow(Exception):
    """The gateway cannot be asked at the moment."""


def _invoice_of(callback: GatewayCallback, hint: Hint, *, policy: GatewayPolicy, now: datetime) -> Invoice | None:
    """
    Looked for among the callback's own merchant only, whoever sent it.

    :raises NotNow:
    """
    invoices = Invoice.objects.filter(merchant=callback.merchant_id).select_related(
        "bill", "installment", "merchant", "gateway_account"
    )
    reference = hint.reference or _reference_of_transaction(callback, hint.token, policy=policy, now=now)
    return invoices.filter(reference=reference).first() if reference else None


def _reference_of_transaction(callback: GatewayCallback, token: str, *, policy: GatewayPolicy, now: datetime) -> str:
    """A callback that names only a transaction: the gateway says what it was for. Anyone can send such a one."""
    account = GatewayAccount.objects.current().filter(merchant=callback.merchant_id).first()
    if account is None:
        return ""
    _admit(account, policy=policy, now=now)
    try:
        found = client_for(account).get_transaction(token)
    except GatewayError as failure:
        if isinstance(failure, Rejected) and not isinstance(failure, CredentialsRefused):
            return ""  # no token the gateway could have given
        _note(failure, account.pk, policy=policy, now=now)
        raise NotNow(str(failure)) from failure
    accounts.note_answers([account.pk], now=now)
    return found.reference if found else ""


def _note(failure: Exception, account_id: int, *, policy: GatewayPolicy, now: datetime) -> None:
    """What a failed question says of its account."""
    if isinstance(failure, CredentialsRefused):
        accounts.park_account(account_id, reason=failure.reason, now=now)
    elif isinstance(failure, Throttled):
        wait = max(timedelta(seconds=failure.retry_after or 0), policy.retry_delay(0))
        accounts.pause_account(account_id, until=now + wait)
    else:
        accounts.note_failures(account_id, policy=policy, now=now)


@transaction.atomic
def _admit(account: GatewayAccount, *, policy: GatewayPolicy, now: datetime) -> None:
    """:raises NotNow: while the account is parked, paused, or its breaker is open"""
    if not admit_question(account_id=account.pk, policy=policy, now=now):
        raise NotNow("the gateway is left alone for a while")


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
        _admit(account, policy=policy, now=now)
        answer = ask(client_for(account), invoice, transaction_token=hint.token)
    except NotNow as reason:
        _put_off(callback, invoice, now + ASKED_AT_MOST_EVERY, str(reason), counts=False)
        return
    except GatewayError as failure:
        _note(failure, account.pk, policy=policy, now=now)
        _put_off(callback, invoice, now + ASKED_AT_MOST_EVERY, str(failure))
        return
    accounts.note_answers([account.pk], now=now)
    apply_answer(invoice_id=invoice.pk, answer=answer, policy=policy, now=now)
    if answer.is_pending and answer.finding != Enquiry.Finding.PAID:
        # Meanwhile the customer is not invited to pay a second time.
        _put_off(callback, invoice, now + ASKED_AT_MOST_EVERY, "the payment is still pending")
        return
    _close(callback, State.RESOLVED, now=now, invoice=invoice, problem=PAYMENT_FAILED if answer.has_failed else "")
    if answer.has_failed:
        _look_again_at_others(invoice, now)


def _look_again_at_others(invoice: Invoice, now: datetime) -> None:
    """Those that came while the gateway was being asked, and told of the same failure: a customer waits for them."""
    waiting = GatewayCallback.objects.filter(invoice=invoice, state=State.WAITING, problem=_ASKED_A_MOMENT_AGO)
    waiting.update(next_attempt_at=now)


def _put_off(
    callback: GatewayCallback, invoice: Invoice | None, until: datetime, problem: str, *, counts: bool = True
) -> None:
    if not counts:
        callback.attempts -= 1
    if callback.attempts >= MOST_ATTEMPTS:
        problem = "the gateway could not be asked; polling goes on"
        _close(callback, State.IGNORED, now=until, invoice=invoice, problem=problem)
        return
    callback.invoice, callback.next_attempt_at, callback.problem = invoice, until, problem[:200]
    _save(callback, "invoice", "next_attempt_at", "problem", "attempts")


def _close(
    callback: GatewayCallback,
    state: GatewayCallback.State,
    *,
    now: datetime,
    invoice: Invoice | None = None,
    problem: str = "",
) -> None:
    callback.state, callback.invoice, callback.problem = state, invoice, problem
    callback.next_attempt_at = now  # when it was last looked at: the same once more is not at once worth asking again
    _save(callback, "state", "invoice", "problem", "next_attempt_at")


def _save(callback: GatewayCallback, *fields: str) -> None:
    """What comes after its customer was forgotten names them again: its digest is enough to know it by."""
    if callback.invoice and is_forgotten(customer_id=callback.invoice.customer_id):
        callback.payload, fields = b"", (*fields, "payload")
    callback.save(update_fields=fields)


def prune_callbacks(*, now: datetime, keep: timedelta = timedelta(days=2)) -> int:
    """Forget meaningless callbacks; the ones that led to an invoice stay."""
    stale = GatewayCallback.objects.filter(state=State.IGNORED, invoice=None, received_at__lt=now - keep)
    return stale.delete()[0]
