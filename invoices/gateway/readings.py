"""Loose values of an answer, read strictly: numbers come as text or numbers, and anything may be missing."""

import re
from collections.abc import Mapping
from decimal import Decimal

from invoices.gateway.errors import ReplyInvalid

LONGEST_IDENTIFIER = 200
LONGEST_URL = 2_000
_AMOUNT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?")
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f]+")


def object_of(value: object) -> Mapping[str, object]:
    """The JSON object itself, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def text_of(value: object, *, limit: int = LONGEST_IDENTIFIER) -> str | None:
    """
    Text or a whole number as one line of text.

    None for everything else: empty, longer than ``limit`` (a cut identifier would be another one),
    or with line breaks and other control characters.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and len(value) <= limit and _PRINTABLE.fullmatch(value):
        return value
    return None


def integer_of(value: object) -> int | None:
    """A whole number of at most nine ASCII digits, or None."""
    text = text_of(value)
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else None


def flag_of(value: object) -> bool | None:
    """True or False however the gateway writes it, else None."""
    known = {"true": True, "1": True, "false": False, "0": False}
    return value if isinstance(value, bool) else known.get((text_of(value) or "").lower())


def amount_of(value: object) -> Decimal | None:
    """
    A non-negative amount of money, None where there is none.

    :raises ReplyInvalid: for NaN, a sign, separators, other digits than ASCII, absurd exponents
    """
    if value is None or value == "":
        return None
    text = text_of(value)
    if text is None or not _AMOUNT.fullmatch(text):
        raise ReplyInvalid("The gateway's answer holds an amount that cannot be read.")
    amount = Decimal(text)
    # Before any arithmetic: quantizing or formatting 1e99 costs time and memory (reliability.md).
    if not -15 <= amount.adjusted() <= 14:
        raise ReplyInvalid("The gateway's answer holds an absurd amount.")
    return amount
