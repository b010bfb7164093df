"""Whether a gateway account may be called just now, and how often: cap, breaker, pause, parking, pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from invoices.models import GatewayAccount, Invoice
from invoices.pacing import book_calls
from invoices.policy import GatewayPolicy
from invoices.services.pushing.account_rows import lock_free_accounts
from invoices.services.pushing.calls import Lease
from invoices.services.pushing.compiled import CompiledQuery, given, given_ids, listed, stored_instant


def admit_question(*, account_id: int, policy: GatewayPolicy, now: datetime) -> bool:
    """
    Whether the gateway may be asked something now; the caller's transaction holds the account until it ends.

    Not while the account is parked, was asked to wait, or its breaker is open. When the breaker's pause is over one
    call may probe the gateway, and the next pause begins at once, so that nobody else probes beside it. One question
    is let in above the account's cap, or a backlog of invoices would starve them.
    """
    account = lock_account(account_id)
    in_flight = {pk: count - 1 for pk, count in _calls_in_flight([account_id], now).items()}
    if not _count_admitted(account, 1, in_flight, policy, now):
        return False
    if account.breaker_open_until:
        _begin_next_pause(account, policy=policy, now=now)
    return True


@dataclass(kw_only=True)
class PushAdmission:
    """
    A locked account to which `calls` invoices may be sent now; `next_at` says when the pace allows more.

    Whoever sends them says with `take` how many there were.
    """

    account: GatewayAccount
    calls: int
    next_at: datetime | None = None

    def take(self, found: int, *, policy: GatewayPolicy, now: datetime) -> None:
        account = self.account
        if account.breaker_open_until:
            if found:
                _begin_next_pause(account, policy=policy, now=now)
        elif account.recovering_since:
            self._keep_pace(found, policy=policy, now=now)

    def _keep_pace(self, found: int, *, policy: GatewayPolicy, now: datetime) -> None:
        account = self.account
        if found < self.calls:  # nothing is left of what waited
            account.recovering_since = account.paced_until = self.next_at = None
        else:
            _, self.next_at = _book(account, wanted=found, policy=policy, now=now)
            account.paced_until = self.next_at
        account.save(update_fields=["recovering_since", "paced_until"])


def admit_pushes(
    *, wanted: Mapping[int, int], ended: Set[Lease] = frozenset(), policy: GatewayPolicy, now: datetime
) -> list[PushAdmission]:
    """
    How many invoices of the wanted number each account may send now; they are held until the transaction ends.

    As `admit_question`, up to its cap, and after an outage no faster than the pace, until nothing is left of what
    waited. An account that another worker holds is left out: nobody waits for anybody else's account.

    :param ended: calls that have ended, though that is not recorded yet
    """
    locked = lock_free_accounts(wanted)
    in_flight = _calls_in_flight([account.pk for account in locked], now, ended=ended)
    return [
        _admit_pushes(account, _count_admitted(account, wanted[account.pk], in_flight, policy, now), policy, now)
        for account in locked
    ]


def _admit_pushes(account: GatewayAccount, calls: int, policy: GatewayPolicy, now: datetime) -> PushAdmission:
    if not calls or account.recovering_since is None or account.breaker_open_until:
        return PushAdmission(account=account, calls=calls)
    calls, next_at = _book(account, wanted=calls, policy=policy, now=now)
    return PushAdmission(account=account, calls=calls, next_at=next_at)


def _begin_next_pause(account: GatewayAccount, *, policy: GatewayPolicy, now: datetime) -> None:
    account.breaker_open_until = now + policy.breaker_pause
    account.save(update_fields=["breaker_open_until"])


def _book(account: GatewayAccount, *, wanted: int, policy: GatewayPolicy, now: datetime) -> tuple[int, datetime]:
    assert account.recovering_since is not None
    return book_calls(
        wanted=wanted,
        ceiling=account.recovery_rate or policy.recovery_rate,
        recovering_since=account.recovering_since,
        booked_until=account.paced_until,
        now=now,
    )


def lock_account(account_id: int) -> GatewayAccount:
    return GatewayAccount.objects.select_for_update(no_key=True).get(pk=account_id)


def _count_admitted(
    account: GatewayAccount, wanted: int, in_flight: Mapping[int, int], policy: GatewayPolicy, now: datetime
) -> int:
    if not _is_open(account, now):
        return 0
    if account.breaker_open_until:
        return min(wanted, 1)
    limit = account.concurrency_limit or policy.concurrency
    return max(0, min(wanted, limit - in_flight.get(account.pk, 0)))


def _is_open(account: GatewayAccount, now: datetime) -> bool:
    """A breaker whose pause is over lets a probe through."""
    is_waiting = any(until and until > now for until in (account.paused_until, account.breaker_open_until))
    return account.parked_at is None and not is_waiting


def _calls_in_flight(account_ids: Iterable[int], now: datetime, *, ended: Set[Lease] = frozenset()) -> Counter[int]:
    leased = _leased().rows(listed(account_ids), stored_instant(now))
    return Counter(account_id for account_id, *lease in leased if Lease._make(lease) not in ended)


@cache
def _leased() -> CompiledQuery:
    leased = Invoice.objects.filter(
        gateway_account__in=given_ids(), delivery=Invoice.Delivery.SENDING, lease_until__gt=given()
    )
    return CompiledQuery(leased.order_by().values_list("gateway_account_id", "id", "lease_id"))
