"""The gateway accounts that have invoices to be sent, and in which groups they are pushed."""

from __future__ import annotations

import random
from datetime import datetime

from django.db.models import Q

from billing.chunks import in_chunks
from invoices.models import Invoice
from invoices.policy import GatewayPolicy
from invoices.services.pushing.leases import release_expired_leases


def accounts_to_push(*, now: datetime) -> list[int]:
    """The gateway accounts that have invoices due to be sent, after expired leases were given back."""
    release_expired_leases(now=now)
    due = Invoice.objects.live().filter(
        Q(gateway_account__paused_until=None) | Q(gateway_account__paused_until__lte=now),
        Q(gateway_account__breaker_open_until=None) | Q(gateway_account__breaker_open_until__lte=now),
        delivery=Invoice.Delivery.NEW,
        next_attempt_at__lte=now,
        gateway_account__parked_at=None,
        gateway_account__isnull=False,
        gateway_account__replaced_at=None,
        cancel_requested_at=None,
        merchant__is_active=True,
    )
    return list(due.order_by().values_list("gateway_account_id", flat=True).distinct())


def groups_to_push(*, now: datetime, policy: GatewayPolicy) -> list[list[int]]:
    """The same accounts in groups, one for each pushing task, in no order: no account is always the last."""
    accounts, size = accounts_to_push(now=now), policy.accounts_at_once
    random.shuffle(accounts)
    return [list(some) for some in in_chunks(accounts, size)]
