"""Checks of single payload fields; each raises ValueError with words to follow the field's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from invoices.sandbox.pay_types import split_pay_types

# 999999999.999 and no sign, separators or other digits (gateway.md: exactly three decimals).
AMOUNT: Final = re.compile(r"[0-9]{1,9}\.[0-9]{3}")
COUNTRY_CODE: Final = re.compile(r"\+?[1-9][0-9]{0,3}")
MOBILE_NUMBER: Final = re.compile(r"[1-9][0-9]{4,13}")
COUNT: Final = re.compile(r"[1-9][0-9]{0,3}")
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_text(limit: int) -> Callable[[object], None]:
    def check(value: object) -> None:
        if len(_text(value)) > limit:
            raise ValueError(f"must be at most {limit} characters")
        if "\0" in _text(value):
            raise ValueError("must not hold a NUL")

    return check


def check_choice(*allowed: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        if _text(value) not in allowed:
            raise ValueError("must be one of " + ", ".join(allowed))

    return check


def check_amount_text(value: object) -> None:
    _match(AMOUNT, value, "must be a text with exactly three decimals")
    if not _text(value).strip("0."):
        raise ValueError("must be greater than 0")


def check_country_code(value: object) -> None:
    _match(COUNTRY_CODE, value, "must be a country's telephone code")


def check_mobile_number(value: object) -> None:
    _match(MOBILE_NUMBER, value, "must be digits, without the country code and its leading zero")


def check_count(value: object) -> None:
    _match(COUNT, value, "must be a count in a text")


def check_date(value: object) -> None:
    _match(DATE, value, "must be a date YYYY-MM-DD")
    try:
        date.fromisoformat(_text(value))
    except ValueError:
        raise ValueError("must be a real date") from None


def check_pay_types(value: object) -> None:
    split_pay_types(value)


def check_email_text(value: object) -> None:
    try:
        validate_email(_text(value))
    except ValidationError:
        raise ValueError("must be an e-mail address") from None


def check_url(value: object) -> None:
    # Not Django's validator: a container's host name has no dot.
    address = _text(value)
    parts = urlsplit(address) if address.isprintable() and " " not in address else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or len(address) > 500:
        raise ValueError("must be an http or https address")


def check_items(value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("must be an array of objects")
    for item in value:
        check_text(500)(item.get("itemTitle"))
        check_count(item.get("quantity"))
        check_amount_text(item.get("rate"))
        check_amount_text(item.get("amount"))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value


def _match(pattern: re.Pattern[str], value: object, message: str) -> None:
    if not pattern.fullmatch(_text(value)):
        raise ValueError(message)
