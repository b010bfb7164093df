"""
Checks of single values. Each takes what JSON held and gives what the domain takes, or says what is wrong with it.

The character classes are public because the OpenAPI document states the same rules.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from billing import money

# What shows as nothing: spaces of every width, zero-width characters, fillers, variation selectors, tags.
INVISIBLE: Final = (
    r"\t\n\v\f\r \u0085\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff"
)
# Controls, and the marks that reorder what follows them until they are closed.
REFUSED_IN_LINES: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
REFUSED_IN_A_LINE: Final = r"\t\n\r" + REFUSED_IN_LINES
_LONE_SURROGATES: Final = r"\ud800-\udfff"

EMAIL: Final = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
NAME_LENGTH, ADDRESS_LENGTH, TEXT_LENGTH, EMAIL_LENGTH = 200, 500, 2000, 254
FIRST_YEAR, LAST_YEAR = 2000, 2100

_BLANK: Final = re.compile(f"[{INVISIBLE}]*")
_REFUSED: Final = {
    False: re.compile(f"[{REFUSED_IN_A_LINE}{_LONE_SURROGATES}]"),
    True: re.compile(f"[{REFUSED_IN_LINES}{_LONE_SURROGATES}]"),
}
_EMAIL: Final = re.compile(EMAIL)
_NATIONAL_ID: Final = re.compile("[0-9]{10}")
_DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class InvalidValue(ValueError):
    """`reason` continues a sentence that names the field."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def is_absent(value: Any) -> bool:
    """Null, or a text nobody can see: counts as not sent."""
    return value is None or (isinstance(value, str) and _BLANK.fullmatch(value) is not None)


def name(value: Any) -> str:
    return _text(value, limit=NAME_LENGTH)


def address(value: Any) -> str:
    return _text(value, limit=ADDRESS_LENGTH, is_multiline=True)


def long_text(value: Any) -> str:
    return _text(value, limit=TEXT_LENGTH, is_multiline=True)


def _text(value: Any, *, limit: int, is_multiline: bool = False) -> str:
    """As it was sent, neither trimmed nor normalised."""
    if not isinstance(value, str):
        raise InvalidValue("must be a string")
    if len(value) > limit:
        raise InvalidValue(f"must have at most {limit} characters")
    if _REFUSED[is_multiline].search(value):
        raise InvalidValue("must not contain control characters, unpaired surrogates or text-direction overrides")
    return value


def email(value: Any) -> str:
    stated = _text(value, limit=EMAIL_LENGTH)
    if _EMAIL.fullmatch(stated) is None:
        raise InvalidValue("must be an e-mail address")
    return stated


def national_id(value: Any) -> str:
    if not isinstance(value, str) or _NATIONAL_ID.fullmatch(value) is None:
        raise InvalidValue("must be a string of 10 digits")
    return value


def day(value: Any) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            parsed = date.fromisoformat(value)
        except ValueError:
            raise InvalidValue("must be a date that exists") from None
        if FIRST_YEAR <= parsed.year <= LAST_YEAR:
            return parsed
        raise InvalidValue(f"must be in the years {FIRST_YEAR} to {LAST_YEAR}")
    raise InvalidValue("must be a date written YYYY-MM-DD")


def day_of_month(value: Any) -> int:
    # The range is looked at first: int() of 1e1000000 would take half a minute.
    if isinstance(value, Decimal) and 1 <= value <= 28 and value == value.to_integral_value():
        return int(value)
    raise InvalidValue("must be a whole number from 1 to 28")


def boolean(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    raise InvalidValue("must be true or false")


def amount(value: Any, *, currency: str) -> Decimal:
    """With three decimals, and owed in this currency (contract.md, step 9)."""
    if not isinstance(value, Decimal):
        raise InvalidValue("must be a number")
    try:
        return money.check_amount(value, currency=currency)
    except money.InvalidAmount as error:
        raise InvalidValue(error.reason) from None
