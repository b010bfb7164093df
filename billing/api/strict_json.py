"""
JSON as RFC 8259 means it, for bodies that strangers send: one object, in UTF-8, with nothing left to interpretation.

Pure. Numbers become Decimals, so that an amount is never a float and `1e1000000` costs nothing until somebody asks
for its digits.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

MAX_DEPTH: Final = 64
# A string is skipped whole, unterminated ones too: looking for its end a second time would be quadratic.
_STRING_OR_BRACKET: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


class InvalidJson(ValueError):
    """Not a body we read; `reason` is a sentence for its author."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def parse_object(raw: bytes) -> dict[str, Any]:
    """
    The object in a request's body; an empty body is one without fields.

    :raises InvalidJson: saying which rule of contract.md, step 5, it breaks
    """
    text = _decode(raw)
    if not text.strip(" \t\r\n"):
        return {}
    _check_depth(text)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise InvalidJson(f"The body is not valid JSON: line {error.lineno}, column {error.colno}.") from None
    if not isinstance(value, dict):
        raise InvalidJson("The body must be a JSON object.")
    return value


def digest(value: Any) -> str:
    """
    The same for two bodies that are equal as JSON: whatever their spacing, key order, escapes and spelling of
    numbers.
    """
    return hashlib.sha256("".join(_canonical(value)).encode()).hexdigest()


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidJson("The body is not valid UTF-8.") from None


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        found = match.group()
        if found in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise InvalidJson(f"The body is nested more than {MAX_DEPTH} levels deep.")
        elif found in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InvalidJson("The body has an object that names a field twice.")
    return members


def _number(literal: str) -> Decimal:
    try:
        return Decimal(literal)
    except InvalidOperation:
        # An exponent beyond what Decimal holds: no amount, and not needed exactly.
        is_tiny = "-" in literal.lower().partition("e")[2]
        return Decimal("1e-999999999" if is_tiny else "Infinity").copy_sign(
            Decimal(-1 if literal.startswith("-") else 1)
        )


def _refuse_constant(name: str) -> Any:
    raise InvalidJson(f"The body contains {name}, which is not JSON.")


def _canonical(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        yield "{"
        for name in sorted(value):
            yield json.dumps(name) + ":"
            yield from _canonical(value[name])
            yield ","
        yield "}"
    elif isinstance(value, list):
        yield "["
        for item in value:
            yield from _canonical(item)
            yield ","
        yield "]"
    elif isinstance(value, Decimal):
        yield _canonical_number(value)
    else:
        yield json.dumps(value)


def _canonical_number(value: Decimal) -> str:
    """1.0, 1 and 10e-1 alike. By digits: Decimal.normalize would round to the context's precision."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return str(value)
    significant = "".join(map(str, digits)).rstrip("0")
    if not significant.strip("0"):
        return "0"
    return f"{'-' if sign else ''}{significant.lstrip('0')}e{exponent + len(digits) - len(significant)}"


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_number, parse_constant=_refuse_constant
)
