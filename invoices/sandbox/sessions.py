"""Bearer tokens of accounts with a login: signed, so that nothing has to be stored."""

from __future__ import annotations

from typing import Any, Final

from django.core import signing
from django.utils.crypto import constant_time_compare

from invoices.sandbox.models import SandboxAccount

ACCESS_SECONDS: Final = 900
REFRESH_SECONDS: Final = 24 * 3600
_ACCESS_SALT: Final = "sandbox.access"
_REFRESH_SALT: Final = "sandbox.refresh"


class BadLogin(Exception):
    """No account has this user name and password, or the refresh token is over."""


def log_in(*, username: object, password: object) -> dict[str, Any]:
    """
    A new pair of tokens, as `response.token` shows it.

    :raises BadLogin: whatever is wrong
    """
    if not (isinstance(username, str) and username and isinstance(password, str)):
        raise BadLogin
    for account in SandboxAccount.objects.filter(login_username=username):
        if constant_time_compare(account.login_password, password):
            return _tokens_for(account)
    raise BadLogin


def refresh(refresh_token: object) -> dict[str, Any]:
    """:raises BadLogin: unless it is one of ours and at most a day old"""
    account = SandboxAccount.objects.filter(
        pk=_read(str(refresh_token), salt=_REFRESH_SALT, max_age=REFRESH_SECONDS)
    ).first()
    if account is None:
        raise BadLogin
    return _tokens_for(account)


def is_access_token_of(account: SandboxAccount, authorization: str) -> bool:
    scheme, _, token = authorization.partition(" ")
    return scheme == "Bearer" and _read(token, salt=_ACCESS_SALT, max_age=ACCESS_SECONDS) == account.pk


def _tokens_for(account: SandboxAccount) -> dict[str, Any]:
    return {
        "access_token": signing.dumps(account.pk, salt=_ACCESS_SALT),
        "refresh_token": signing.dumps(account.pk, salt=_REFRESH_SALT),
        "expires_in": ACCESS_SECONDS,
    }


def _read(token: str, *, salt: str, max_age: int) -> int:
    """The account's key, 0 for a bad token: no account has it."""
    try:
        return int(signing.loads(token, salt=salt, max_age=max_age))
    except signing.BadSignature:
        return 0
