"""
The code in a receipt's QR: which payment, signed, so that a receipt can be checked by whoever holds it.

Pure. Unlike a payment link it has no version: what was received stays received, and so does its receipt. Its key is
derived from the links' key, so that neither can ever be taken for the other.
"""

from __future__ import annotations

import base64
import hmac
import re
import struct
from typing import Final

_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{32}")
_PACKED: Final = struct.Struct(">Q")
_MAC_BYTES: Final = 16
_PURPOSE: Final = b"receipt"


class InvalidCode(ValueError):
    """Not a code of ours; every wrong one alike."""


def sign_receipt(payment_id: int, *, username: str, key: str) -> str:
    """32 URL-safe characters, 128 bits of them a signature."""
    packed = _PACKED.pack(payment_id)
    return base64.urlsafe_b64encode(packed + _mac(packed, username, key)).decode()


def read_receipt_code(code: str, *, username: str, key: str) -> int:
    """:raises InvalidCode: unless `sign_receipt` made it for this merchant with this key"""
    if _SHAPE.fullmatch(code) is None:
        raise InvalidCode
    raw = base64.urlsafe_b64decode(code)
    packed, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(packed, username, key)):
        raise InvalidCode
    (payment_id,) = _PACKED.unpack(packed)
    return int(payment_id)


def _mac(packed: bytes, username: str, key: str) -> bytes:
    own_key = hmac.digest(key.encode(), _PURPOSE, "sha256")
    return hmac.digest(own_key, username.encode() + b"\0" + packed, "sha256")[:_MAC_BYTES]
