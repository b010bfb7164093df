"""Who may call the sandbox gateway: the published pair, and accounts made for demo merchants."""

from __future__ import annotations

import secrets
import string
import uuid
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from invoices.sandbox.models import SandboxAccount

KEY_ALPHABET: Final = string.ascii_letters + string.digits


@dataclass(frozen=True, kw_only=True)
class AccountCredentials:
    """What a merchant is told by the gateway: two codes, a key of 32 and an IV of 16 ASCII characters."""

    merchant_code: str
    access_code: str
    secret_key: str
    iv_key: str


# Public knowledge, so not a secret (gateway.md, Cipher).
PUBLISHED: Final = AccountCredentials(
    merchant_code="842217",
    access_code="c333729b-d060-4b74-a49d-7686a8353481",
    secret_key="PkW64zMe5NVdrlPVNnjo2Jy9nOb7v1Xg",  # noqa: S106
    iv_key="5NVdrlPVNnjo2Jy9",
)
PUBLISHED_CURRENCY: Final = "JOD"


class UnknownAccount(LookupError):
    """No account has this access code or merchant code."""


def new_account_credentials() -> AccountCredentials:
    """Fresh random credentials for a demo merchant; nothing is stored."""
    return AccountCredentials(
        merchant_code=str(850_000 + secrets.randbelow(150_000)),
        access_code=str(uuid.uuid4()),
        secret_key=_random_key(32),
        iv_key=_random_key(16),
    )


def register_account(
    *,
    merchant_code: str,
    access_code: str,
    secret_key: str,
    iv_key: str,
    currency: str,
    return_url: str,
    webhook_url: str,
    login_username: str = "",
    login_password: str = "",
) -> SandboxAccount:
    """
    Make the account known, or update the one with this access code: seeding twice is harmless.

    :param return_url: where a customer who has paid is sent; empty: they stay on the sandbox's pay page
    :param webhook_url: where the gateway reports payments; empty: nowhere
    :param login_username: with it, calls must carry a bearer token of `POST api/v1/login` as well
    """
    account, _ = SandboxAccount.objects.update_or_create(
        access_code=access_code,
        defaults={
            "merchant_code": merchant_code,
            "secret_key": secret_key,
            "iv_key": iv_key,
            "currency": currency,
            "return_url": return_url,
            "webhook_url": webhook_url,
            "login_username": login_username,
            "login_password": login_password,
        },
    )
    return account


def find_account(access_code: str) -> SandboxAccount:
    """:raises UnknownAccount: the published account excepted, which exists without set-up"""
    if access_code == PUBLISHED.access_code:
        return published_account()
    account = SandboxAccount.objects.filter(access_code=access_code).first()
    if account is None:
        raise UnknownAccount(access_code)
    return account


def find_account_by_any_code(code: str) -> SandboxAccount:
    """:raises UnknownAccount: unless the code is an access code or a merchant code"""
    if code in (PUBLISHED.access_code, PUBLISHED.merchant_code):
        return published_account()
    account = SandboxAccount.objects.filter(Q(access_code=code) | Q(merchant_code=code)).order_by("pk").first()
    if account is None:
        raise UnknownAccount(code)
    return account


def published_account() -> SandboxAccount:
    account, _ = SandboxAccount.objects.get_or_create(
        access_code=PUBLISHED.access_code,
        defaults={
            "merchant_code": PUBLISHED.merchant_code,
            "secret_key": PUBLISHED.secret_key,
            "iv_key": PUBLISHED.iv_key,
            "currency": PUBLISHED_CURRENCY,
        },
    )
    return account


def _random_key(length: int) -> str:
    return "".join(secrets.choice(KEY_ALPHABET) for _ in range(length))
