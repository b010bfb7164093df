"""Secrets at rest: encrypted with the keys of FIELD_ENCRYPTION_KEYS, the first of which encrypts."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@lru_cache(maxsize=8)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(secret: str) -> bytes:
    """Any long secret as a Fernet key, so that operators need not know that format."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"billing.encryption").derive(secret.encode())
    return base64.urlsafe_b64encode(key)


def _keys() -> tuple[str, ...]:
    configured: Sequence[str] = settings.FIELD_ENCRYPTION_KEYS
    return tuple(configured)


def encrypt(plaintext: str) -> str:
    return _cipher(_keys()).encrypt(plaintext.encode()).decode()


def decrypt(token: str) -> str:
    """:raises cryptography.fernet.InvalidToken: when none of the configured keys wrote it"""
    return _cipher(_keys()).decrypt(token.encode()).decode()
