"""Identifiers that leave the house. Pure but for the random source."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime
from typing import Final

USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{2,31}")
RESERVED_USERNAMES: Final = frozenset(
    {"admin", "static", "media", "api", "docs", "gateway", "sandbox", "i18n", "pay"}
    | {"health", "healthz", "livez", "readyz", "metrics"}
)
_UNAMBIGUOUS: Final = "23456789abcdefghjkmnpqrstuvwxyz"


def is_username(text: str) -> bool:
    """Whether a merchant can be called so (contract.md, "Who is who")."""
    return USERNAME.fullmatch(text) is not None and text not in RESERVED_USERNAMES


def new_public_id(*, now: datetime) -> str:
    """24 lowercase hex digits: four bytes of seconds, then eight random ones. Ordered by time, not guessable."""
    return f"{int(now.timestamp()):08x}{secrets.token_hex(8)}"


def number_beginning(prefix: str, day: date) -> str:
    """`BILL-20251201-`, which the numbers of a day have in common."""
    return f"{prefix}-{day:%Y%m%d}-"


def document_number(prefix: str, day: date, counter: int) -> str:
    """`BILL-20251201-0001`; a fifth digit when the day outgrows four."""
    return f"{number_beginning(prefix, day)}{counter:04d}"


def random_suffix(length: int = 8) -> str:
    """Letters and digits that cannot be mistaken for each other when read aloud; five bits each."""
    return "".join(secrets.choice(_UNAMBIGUOUS) for _ in range(length))
