"""Gateway accounts and their merchants, in the columns by which a claim judges whether they may be called."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from django.db.models import Model

from billing.models import Merchant
from invoices.models import GatewayAccount
from invoices.services.pushing.compiled import CompiledQuery, given_ids, listed

_ACCOUNT: Final = frozenset(
    (
        *("id", "merchant_id", "currency", "replaced_at", "parked_at", "paused_until", "breaker_open_until"),
        *("consecutive_failures", "concurrency_limit", "recovery_rate", "recovering_since", "paced_until"),
    )
)
_MERCHANT: Final = frozenset(
    (
        *("id", "is_active", "time_zone", "messages_per_day", "link_valid_days"),
        *("quiet_from", "quiet_until", "weekend", "is_quiet_on_weekend"),
    )
)


def lock_free_accounts(ids: Iterable[int]) -> list[GatewayAccount]:
    """
    Those of these accounts that nobody else holds, with their merchants; locked until the transaction ends.

    Without their secrets, and with no more of either than a claim looks at.
    """
    return [_account(row) for row in _free_accounts().rows(listed(ids))]


@cache
def _free_accounts() -> CompiledQuery:
    accounts = GatewayAccount.objects.filter(pk__in=given_ids()).order_by("pk")
    locked = accounts.select_for_update(of=("self",), no_key=True, skip_locked=True)
    columns = _in_order(GatewayAccount, _ACCOUNT), _in_order(Merchant, _MERCHANT)
    return CompiledQuery(locked.values_list(*columns[0], *(f"merchant__{name}" for name in columns[1])))


def _account(row: tuple[Any, ...]) -> GatewayAccount:
    account = GatewayAccount.from_db("default", _ACCOUNT, row[: len(_ACCOUNT)])
    account.merchant = Merchant.from_db("default", _MERCHANT, row[len(_ACCOUNT) :])
    return account


def _in_order(model: type[Model], names: frozenset[str]) -> list[str]:
    """As `from_db` takes their values."""
    return [field.attname for field in model._meta.concrete_fields if field.attname in names]
