"""API keys: issued, checked, revoked."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from billing.errors import DomainError
from billing.identifiers import random_suffix
from billing.models import ApiKey, Event, Merchant
from billing.rows import column_list, read_row
from billing.services.events import record_event

PREFIX_LENGTH: Final = 12
_USE_IS_NOTED_EVERY: Final = timedelta(minutes=1)


class InvalidApiKey(DomainError):
    code = "INVALID_API_KEY"
    message = "Invalid API key provided."


class NoSuchApiKey(DomainError):
    code = "NO_SUCH_API_KEY"
    message = "No API key has this prefix."


@transaction.atomic
def issue_api_key(
    *, merchant: Merchant, label: str = "", expires_at: datetime | None = None, actor: str, now: datetime
) -> tuple[ApiKey, str]:
    """The stored key and its plaintext, which is shown once and kept nowhere."""
    prefix = "bk_" + random_suffix(PREFIX_LENGTH - 3)
    plaintext = prefix + secrets.token_urlsafe(24)
    api_key = ApiKey.objects.create(
        merchant=merchant, prefix=prefix, digest=_digest(plaintext), label=label, expires_at=expires_at, created_at=now
    )
    _record(api_key, "issued", actor)
    return api_key, plaintext


def authenticate_api_key(*, username: str, plaintext: str, now: datetime) -> ApiKey:
    """
    The key, with its merchant.

    :raises InvalidApiKey: unknown, revoked or expired, of another merchant, or of an inactive one: all alike, so
        that nobody learns which usernames exist (contract.md, step 2)
    """
    api_key = _find_api_key(_digest(plaintext))
    if api_key is None or not _opens(api_key, username, now):
        raise InvalidApiKey
    if api_key.last_used_at is None or now - api_key.last_used_at > _USE_IS_NOTED_EVERY:
        ApiKey.objects.filter(pk=api_key.pk).update(last_used_at=now)
    return api_key


def _find_api_key(digest: str) -> ApiKey | None:
    with connection.cursor() as cursor:
        cursor.execute(_with_merchant(), [digest])
        found = cursor.fetchone()
    if found is None:
        return None
    width = len(ApiKey._meta.concrete_fields)
    api_key = read_row(ApiKey, found[:width])
    api_key.merchant = read_row(Merchant, found[width:])
    return api_key


@lru_cache(maxsize=1)
def _with_merchant() -> str:
    return (
        f"SELECT {column_list(ApiKey, 'k')}, {column_list(Merchant, 'm')} "  # noqa: S608
        "FROM billing_apikey k JOIN billing_merchant m ON m.id = k.merchant_id WHERE k.digest = %s"
    )


def _opens(api_key: ApiKey, username: str, now: datetime) -> bool:
    return (
        api_key.revoked_at is None
        and (api_key.expires_at is None or api_key.expires_at > now)
        and api_key.merchant.is_active
        and api_key.merchant.username == username
    )


@transaction.atomic
def revoke_api_key(*, prefix: str, actor: str, now: datetime, merchant: Merchant | None = None) -> ApiKey:
    """
    Refuse the key from now on. Revoking it again changes nothing.

    :raises NoSuchApiKey: no key of this merchant (of any, without one) has the prefix
    """
    keys = ApiKey.objects.filter(merchant=merchant) if merchant else ApiKey.objects.all()
    api_key = keys.select_for_update().filter(prefix=prefix).first()
    if api_key is None:
        raise NoSuchApiKey
    if api_key.revoked_at is None:
        api_key.revoked_at = now
        api_key.save(update_fields=["revoked_at"])
        _record(api_key, "revoked", actor)
    return api_key


def _record(api_key: ApiKey, name: str, actor: str) -> None:
    record_event(
        merchant_id=api_key.merchant_id,
        subject=Event.Subject.API_KEY,
        subject_id=api_key.pk,
        name=name,
        actor=actor,
        prefix=api_key.prefix,
    )


def _digest(plaintext: str) -> str:
    return hmac.digest(settings.API_KEY_HMAC_KEY.encode(), plaintext.encode("utf-8", "surrogateescape"), "sha256").hex()
