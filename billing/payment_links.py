"""
The token in a customer's link: which bill, installment or customer, and which version of its link, signed.

Pure. Nothing secret is stored: raising the version revokes the link, and a wrong token is refused before the
database is asked. The signature covers the merchant's username, so a link works under no other.
"""

from __future__ import annotations

import base64
import enum
import hmac
import re
import struct
from dataclasses import dataclass
from typing import Final

_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{36}")
_PACKED: Final = struct.Struct(">BQH")
_MAC_BYTES: Final = 16


class InvalidLink(ValueError):
    """Not a token of ours; every wrong one alike."""


class LinkKind(enum.IntEnum):
    BILL = 1
    INSTALLMENT = 2
    CUSTOMER = 3


@dataclass(frozen=True, kw_only=True)
class LinkTarget:
    """`subject_id` is the bill's, the installment's or the customer's."""

    kind: LinkKind
    subject_id: int
    version: int


def sign_link(target: LinkTarget, *, username: str, key: str) -> str:
    """36 URL-safe characters, 128 bits of them a signature."""
    packed = _PACKED.pack(target.kind, target.subject_id, target.version)
    return base64.urlsafe_b64encode(packed + _mac(packed, username, key)).decode()


def read_link(token: str, *, username: str, key: str) -> LinkTarget:
    """:raises InvalidLink: unless `sign_link` made it for this merchant with this key"""
    if _SHAPE.fullmatch(token) is None:
        raise InvalidLink
    raw = base64.urlsafe_b64decode(token)
    packed, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(packed, username, key)):
        raise InvalidLink
    kind, subject_id, version = _PACKED.unpack(packed)
    return LinkTarget(kind=LinkKind(kind), subject_id=subject_id, version=version)


def _mac(packed: bytes, username: str, key: str) -> bytes:
    return hmac.digest(key.encode(), username.encode() + b"\0" + packed, "sha256")[:_MAC_BYTES]
