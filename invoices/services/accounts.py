"""Gateway accounts: which one a merchant uses, and what its calls' outcomes mean for it."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Value, When

from billing.models import Event, Merchant
from billing.services import record_event
from invoices.gateway.errors import (
    CipherError,
    CredentialsRefused,
    GatewayError,
    OutcomeUnknown,
    Throttled,
    Unavailable,
)
from invoices.models import GatewayAccount
from invoices.policy import GatewayPolicy
from invoices.services.pushing.admission import lock_account

logger = logging.getLogger(__name__)


def usable_account(merchant: Merchant) -> GatewayAccount | None:
    """The merchant's present account; none whose currency is not the merchant's own (gateway.md)."""
    return merchant.gateway_accounts.current().filter(currency=merchant.currency).first()


def note_answers(account_ids: Collection[int], *, now: datetime) -> None:
    """
    These gateways answered sensibly: whatever failures there were in a row are over.

    Where calls had been stopped, what waited is sent at a pace from now on.
    """
    troubled = GatewayAccount.objects.filter(pk__in=account_ids).exclude(
        consecutive_failures=0, breaker_open_until=None
    )
    was_stopped = When(breaker_open_until__isnull=False, then=Value(now, output_field=DateTimeField()))
    troubled.update(
        consecutive_failures=0,
        breaker_open_until=None,
        recovering_since=Case(was_stopped, default=F("recovering_since")),
    )


def note_failures(account_id: int, *, count: int = 1, policy: GatewayPolicy, now: datetime) -> None:
    """Transport failures or unknown outcomes; enough of them in a row open the breaker. Refusals do not count."""
    accounts = GatewayAccount.objects.filter(pk=account_id)
    accounts.update(consecutive_failures=F("consecutive_failures") + count)
    opened = accounts.filter(consecutive_failures__gte=policy.breaker_failures, breaker_open_until=None).update(
        breaker_open_until=now + policy.breaker_pause
    )
    if opened:
        logger.warning(
            "gateway account %s: %s failures in a row, calls stop for a while", account_id, policy.breaker_failures
        )


def note_failed_call(account_id: int, failure: GatewayError, *, policy: GatewayPolicy, now: datetime) -> datetime:
    """
    What one failed call means for its account, whoever made it; when the same is worth trying again.

    Refused credentials and malformed keys park it, for a person has to put them right. Being asked to wait pauses it.
    No believable answer counts towards the breaker. A refused content, or one we did not send, says nothing of it.
    """
    later = now + policy.retry_delay(0)
    if isinstance(failure, CredentialsRefused):
        park_account(account_id, reason=failure.reason, now=now)
    elif isinstance(failure, CipherError):
        park_account(account_id, reason=str(failure), now=now)
    elif isinstance(failure, Throttled):
        later = max(later, now + timedelta(seconds=failure.retry_after or 0))
        GatewayAccount.objects.filter(pk=account_id).update(paused_until=later)
    elif counts_against_gateway(failure):
        note_failures(account_id, policy=policy, now=now)
    return later


def counts_against_gateway(failure: Exception) -> bool:
    """Whether it is one of the failures that, in a row, open the breaker."""
    return isinstance(failure, Unavailable | OutcomeUnknown) and not isinstance(failure, Throttled)


@transaction.atomic
def park_account(account_id: int, *, reason: str, now: datetime) -> None:
    """Stop calling with credentials the gateway refuses, and tell staff once rather than invoice by invoice."""
    account = lock_account(account_id)
    if account.parked_at is not None:
        return
    account.parked_at, account.parked_reason = now, reason[:300]
    account.save(update_fields=["parked_at", "parked_reason"])
    _record(account, "parked", actor="gateway", reason=reason)
    logger.error("gateway account %s of %s is parked: credentials refused", account.pk, account.merchant_id)


@transaction.atomic
def unpark_account(*, merchant_id: int, account_id: int, actor: str) -> None:
    """Call again: staff have put the credentials right."""
    account = GatewayAccount.objects.select_for_update(no_key=True).get(merchant_id=merchant_id, pk=account_id)
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
