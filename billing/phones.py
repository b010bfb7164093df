"""Phone numbers. Pure."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

JORDANIAN_MOBILE: Final = re.compile(r"07[0-9]{8}")


class InvalidPhone(ValueError):
    pass


def to_e164(local: str) -> str:
    """
    `0777839071` as `+962777839071`.

    :raises InvalidPhone: unless it is exactly 07 and eight ASCII digits (contract.md, step 7)
    """
    if JORDANIAN_MOBILE.fullmatch(local) is None:
        raise InvalidPhone(local)
    return "+962" + local[1:]


def to_local(number: str) -> str:
    """
    `+962777839071` as `0777839071`.

    :raises InvalidPhone: it is no mobile number of Jordan
    """
    local = "0" + number.removeprefix("+962")
    if to_e164(local) != number:
        raise InvalidPhone(number)
    return local


def as_said(number: str) -> str:
    """The one way the office shows a number: a mobile of Jordan as `0777839071`, any other as it is kept."""
    try:
        return to_local(number)
    except InvalidPhone:
        return number


def in_files(number: str) -> str:
    """The one way files state a number, so that two of them can be held against each other: `+962777839071`."""
    return to_e164(number) if JORDANIAN_MOBILE.fullmatch(number) else number


def to_international(text: str) -> str:
    """
    A number as a person writes it, of Jordan where no country is named, as `+962777839071`.

    :raises InvalidPhone: no such number can exist
    """
    try:
        number = phonenumbers.parse(text, "JO")
    except phonenumbers.NumberParseException:
        raise InvalidPhone(text) from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise InvalidPhone(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(phone: str, *, hides_end: bool = False) -> str:
    """
    `0777839071` as `07•••••071`: enough to recognise one's own, too little to call it.

    :param hides_end: for merchants whose customers are asked for the last digits
    """
    if len(phone) < 6:
        return "•" * len(phone)
    end = "•••" if hides_end else phone[-3:]
    return phone[:2] + "•" * (len(phone) - 5) + end
