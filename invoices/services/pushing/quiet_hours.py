"""While a merchant wants no messages sent, they wait for the next time it does; bare links go out."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from billing.models import Merchant, Weekend
from invoices.models import GatewayAccount, Invoice
from invoices.quiet_times import QuietTimes
from invoices.services.pushing.due_invoices import MESSAGING, due_invoices

CHUNK: Final = 5_000


def quiet_times_of(merchant: Merchant) -> QuietTimes:
    return QuietTimes(
        zone=ZoneInfo(merchant.time_zone),
        quiet_from=merchant.quiet_from,
        quiet_until=merchant.quiet_until,
        days=Weekend(merchant.weekend).days if merchant.is_quiet_on_weekend else frozenset(),
    )


def put_off_messages(*, account: GatewayAccount, now: datetime) -> int:
    """Move the account's due messages to the end of its merchant's quiet time; how many that were."""
    quiet_until = quiet_times_of(account.merchant).end_after(now)
    if quiet_until <= now:
        return 0
    moved = 0
    while count := _put_off(account, now=now, until=quiet_until):
        moved += count
    return moved


@transaction.atomic
def _put_off(account: GatewayAccount, *, now: datetime, until: datetime) -> int:
    due = due_invoices(account, now=now).filter(channel__in=MESSAGING).order_by("id")
    ids = list(due.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:CHUNK])
    return Invoice.objects.filter(pk__in=ids).update(next_attempt_at=until) if ids else 0
