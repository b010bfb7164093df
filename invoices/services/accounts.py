"""Gateway accounts: which one a merchant uses, and whether it may be called just now."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F

from billing.models import Event, Merchant
from billing.services import record_event
from invoices.models import GatewayAccount, Invoice
from invoices.policy import GatewayPolicy

logger = logging.getLogger(__name__)


def usable_account(merchant: Merchant) -> GatewayAccount | None:
    """The merchant's present account; none whose currency is not the merchant's own (gateway.md)."""
    return merchant.gateway_accounts.current().without_secrets().filter(currency=merchant.currency).first()


def admit_calls(*, account_id: int, wanted: int, policy: GatewayPolicy, now: datetime, beyond_cap: int = 0) -> int:
    """
    How many calls of the wanted number may begin now; the caller's transaction holds the account until it ends.

    None while the account is parked, was asked to wait, or its breaker is open. When the breaker's pause is over one
    call may probe the gateway, and the next pause begins at once, so that nobody else probes beside it.

    :param beyond_cap: calls granted above the account's cap, so that questions are not starved by a backlog
    """
    account = _locked(account_id)
    if account.parked_at or (account.paused_until and account.paused_until > now):
        return 0
    if account.breaker_open_until is None:
        limit = account.concurrency_limit or policy.concurrency
        return max(0, min(wanted, limit + beyond_cap - _calls_in_flight(account_id, now)))
    if account.breaker_open_until > now:
        return 0
    account.breaker_open_until = now + policy.breaker_pause
    account.save(update_fields=["breaker_open_until"])
    return min(wanted, 1)


def _locked(account_id: int) -> GatewayAccount:
    """Without its secrets: an account whose secrets cannot be read must still be parked."""
    return GatewayAccount.objects.without_secrets().select_for_update(no_key=True).get(pk=account_id)


def _calls_in_flight(account_id: int, now: datetime) -> int:
    return Invoice.objects.filter(
        gateway_account=account_id, delivery=Invoice.Delivery.SENDING, lease_until__gt=now
    ).count()


def note_answer(account_id: int) -> None:
    """The gateway answered sensibly: whatever failures there were in a row are over."""
    GatewayAccount.objects.filter(pk=account_id).exclude(consecutive_failures=0, breaker_open_until=None).update(
        consecutive_failures=0, breaker_open_until=None
    )


def note_failure(account_id: int, *, policy: GatewayPolicy, now: datetime) -> None:
    """A transport failure or an unknown outcome; enough of them in a row open the breaker. Refusals do not count."""
    accounts = GatewayAccount.objects.filter(pk=account_id)
    accounts.update(consecutive_failures=F("consecutive_failures") + 1)
    opened = accounts.filter(consecutive_failures__gte=policy.breaker_failures, breaker_open_until=None).update(
        breaker_open_until=now + policy.breaker_pause
    )
    if opened:
        logger.warning(
            "gateway account %s: %s failures in a row, calls stop for a while", account_id, policy.breaker_failures
        )


def pause_account(account_id: int, *, until: datetime) -> None:
    """The gateway asked us to wait."""
    GatewayAccount.objects.filter(pk=account_id).update(paused_until=until)


@transaction.atomic
def park_account(account_id: int, *, reason: str, now: datetime) -> None:
    """Stop calling with credentials the gateway refuses, and tell staff once rather than invoice by invoice."""
    account = _locked(account_id)
    if account.parked_at is not None:
        return
    account.parked_at, account.parked_reason = now, reason[:300]
    account.save(update_fields=["parked_at", "parked_reason"])
    _record(account, "parked", actor="gateway", reason=reason)
    logger.error("gateway account %s of %s is parked: credentials refused", account.pk, account.merchant_id)


@transaction.atomic
def unpark_account(account_id: int, *, actor: str) -> None:
    """Call again: staff have put the credentials right."""
    account = _locked(account_id)
    account.parked_at, account.parked_reason = None, ""
    account.consecutive_failures, account.breaker_open_until, account.paused_until = 0, None, None
    account.save(
        update_fields=[
            "parked_at",
            "parked_reason",
            "consecutive_failures",
            "breaker_open_until",
            "paused_until",
        ]
    )
    _record(account, "unparked", actor=actor)


@transaction.atomic
def replace_account(*, merchant_id: int, account_id: int, actor: str, now: datetime) -> None:
    """
    Close an account so that another can be set up. Doing it again changes nothing.

    Invoices it has sent stay with it and are still asked about; those never sent go out through the next one.
    """
    account = GatewayAccount.objects.select_for_update(no_key=True).get(merchant_id=merchant_id, pk=account_id)
    if account.replaced_at is None:
        account.replaced_at = now
        account.save(update_fields=["replaced_at"])
        _record(account, "replaced", actor=actor)


def _record(account: GatewayAccount, name: str, *, actor: str, **details: str) -> None:
    record_event(
        merchant_id=account.merchant_id,
        subject=Event.Subject.GATEWAY_ACCOUNT,
        subject_id=account.pk,
        name=name,
        actor=actor,
        **details,
    )
