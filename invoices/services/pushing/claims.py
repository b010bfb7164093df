"""
Claiming invoices to send: in one transaction the lease is taken and the calls are written down.

A claim is never larger than what can be called at once, so every call begins as soon as it is written down, and a
lease that ran out always means: perhaps the gateway has it.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from billing.clock import database_now
from billing.models import Merchant
from invoices.models import GatewayAccount, Invoice
from invoices.policy import GatewayPolicy
from invoices.services.link_validity import last_day
from invoices.services.pushing.admission import PushAdmission, admit_pushes
from invoices.services.pushing.brake import park_beyond_limit
from invoices.services.pushing.calls import Call
from invoices.services.pushing.claimed_rows import lease_and_write_down
from invoices.services.pushing.due_invoices import DueInvoice, Take, lock_oldest
from invoices.services.pushing.quiet_hours import quiet_times_of
from invoices.services.pushing.stopped_messages import without_stopped_messages

# An account that another worker is claiming from is free again by then.
_HELD_FOR: Final = timedelta(milliseconds=20)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """
    The calls to begin now, and after how long another claim of an account is worth while.

    Besides, it is whenever a call of that account has ended.
    """

    calls: list[Call]
    again_in: dict[int, timedelta]


@transaction.atomic
def claim_due(
    *, wanted: Mapping[int, int], policy: GatewayPolicy, ended: Iterable[Call] = (), alone: bool = False
) -> Claim:
    """
    Lease due invoices of some accounts, the oldest first, and write their calls down, as far as each may be called.

    Claims of one account exclude each other, so its cap holds for all workers together. The caller begins every call
    at once: the account's slots are taken.

    :param wanted: at most how many of each account, by its id
    :param ended: calls that have ended, though that is not recorded yet; their slots are free
    :param alone: those that a worker was lost with, instead of the others
    """
    # A process stopped anywhere after this line must not send when it wakes and its lease has run out meanwhile.
    begun_at = time.monotonic()
    now = database_now()
    admissions = admit_pushes(wanted=wanted, ended={call.lease for call in ended}, policy=policy, now=now)
    accounts = {one.account.pk: one.account for one in admissions}
    found = without_stopped_messages(_lock_due(admissions, alone=alone, policy=policy, now=now), now=now)
    merchants = {account.merchant_id: account.merchant for account in accounts.values()}
    parked = park_beyond_limit(merchants=merchants, due=found, now=now)
    due = [invoice for invoice in found if invoice not in parked]
    return Claim(
        calls=_begin(due, accounts=accounts, begun_at=begun_at, policy=policy, now=now) if due else [],
        again_in=_again_in(wanted, admissions, parked, now=now),
    )


def _lock_due(
    admissions: Sequence[PushAdmission], *, alone: bool, policy: GatewayPolicy, now: datetime
) -> list[DueInvoice]:
    open_ones = [one for one in admissions if one.calls and _may_send(one.account)]
    takes = [
        Take(one.account, one.calls, only_links=quiet_times_of(one.account.merchant).are_on(now), alone=alone)
        for one in open_ones
    ]
    due = lock_oldest(takes, now=now)
    found = Counter(invoice.gateway_account_id for invoice in due)
    for admission in open_ones:
        if found[admission.account.pk] or not alone:  # that none of those waits says nothing of the others
            admission.take(found[admission.account.pk], policy=policy, now=now)
    return due


def _may_send(account: GatewayAccount) -> bool:
    return account.replaced_at is None and account.merchant.is_active


def _again_in(
    wanted: Mapping[int, int], admissions: Sequence[PushAdmission], parked: Sequence[DueInvoice], *, now: datetime
) -> dict[int, timedelta]:
    again_in = dict.fromkeys(wanted.keys() - {admission.account.pk for admission in admissions}, _HELD_FOR)
    for admission in admissions:
        if admission.next_at is not None:
            again_in[admission.account.pk] = max(admission.next_at - now, timedelta(0))
    return again_in | {invoice.gateway_account_id: timedelta(0) for invoice in parked}


def _begin(
    due: Sequence[DueInvoice],
    *,
    accounts: Mapping[int, GatewayAccount],
    begun_at: float,
    policy: GatewayPolicy,
    now: datetime,
) -> list[Call]:
    lease_id = secrets.token_hex(16)
    attempts = lease_and_write_down(due, lease_id=lease_id, until=now + policy.lease, now=now)
    todays = {account.merchant_id: account.merchant.local_date(now) for account in accounts.values()}
    return [
        Call(
            invoice=_with_a_day_ahead(invoice, accounts[invoice.gateway_account_id].merchant, todays),
            attempt_id=attempts[invoice.id],
            lease_id=lease_id,
            today=todays[invoice.merchant_id],
            is_in_trouble=_is_in_trouble(accounts[invoice.gateway_account_id]),
            begun_at=begun_at,
            give_up_at=begun_at + (policy.lease - policy.deadline - policy.margin).total_seconds(),
        )
        for invoice in due
    ]


def _with_a_day_ahead(invoice: DueInvoice, merchant: Merchant, todays: Mapping[int, date]) -> DueInvoice:
    """The gateway wants a day ahead, and an invoice that waited long may have outlived its own."""
    today = todays[merchant.pk]
    if invoice.expires_on > today:
        return invoice
    expires_on = last_day(due_date=invoice.due_date, today=today, valid_days=merchant.link_valid_days)
    Invoice.objects.filter(pk=invoice.id).update(expires_on=expires_on)
    return invoice._replace(expires_on=expires_on)


def _is_in_trouble(account: GatewayAccount) -> bool:
    return bool(account.consecutive_failures or account.breaker_open_until)
