"""
Single cells: what is written in them, brought to the one form that the API takes, and then checked by the API's rules.

Nothing is guessed: what could mean two things is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing import field_values
from billing.money import CURRENCY_DECIMALS
from billing.phones import JORDANIAN_MOBILE
from billing.typed_numbers import DIGITS, NegativeAmount, UnreadableAmount, read_amount

_BETWEEN_DIGITS: Final = re.compile(r"(?<=[0-9)])[ \u00a0]*-|[ \u00a0()]")
_COUNTRY: Final = re.compile(r"(\+|00)?962(?=7[0-9]{8}$)", re.ASCII)
_WITHOUT_ZERO: Final = re.compile(r"7[0-9]{8}", re.ASCII)
_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DAY: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})", re.ASCII)
_SERIAL: Final = re.compile(r"[0-9]{5}", re.ASCII)
_SERIAL_ZERO: Final = date(1899, 12, 30)


class DayForm(TextChoices):
    """How the file writes days. A real date of a workbook needs no choice."""

    ISO = "ISO", gettext_lazy("Year-month-day: 2027-12-31")
    DAY_FIRST = "DAY_FIRST", gettext_lazy("Day/month/year: 31/12/2027")
    MONTH_FIRST = "MONTH_FIRST", gettext_lazy("Month/day/year: 12/31/2027")
    SERIAL = "SERIAL", gettext_lazy("Excel's own number: 46752")


@dataclass(frozen=True, kw_only=True)
class Options:
    """:param restores_zero: the person says that a spreadsheet has taken the first 0 of the phones"""

    currency: str
    day_form: str = DayForm.ISO
    restores_zero: bool = False


class InvalidCell(ValueError):
    """`message` tells the person what to write instead, in their language."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


Check = Callable[[str, Options], Any]


def phone(text: str, options: Options) -> str:
    """However people write numbers of Jordan, as `0777839071`; an apostrophe before one only marks it as text."""
    digits = _BETWEEN_DIGITS.sub("", text.translate(DIGITS).removeprefix("'"))
    number = _COUNTRY.sub("0", digits)
    if JORDANIAN_MOBILE.fullmatch(number):
        return number
    if _WITHOUT_ZERO.fullmatch(number):
        if options.restores_zero:
            return "0" + number
        raise InvalidCell(_("The first 0 seems lost. If it is, tick that the phones have lost their 0."))
    raise InvalidCell(_("Write the phone as 07 and eight digits, as text."))


def amount(text: str, options: Options) -> Decimal:
    try:
        return field_values.amount(read_amount(text), currency=options.currency)
    except (NegativeAmount, field_values.InvalidValue):
        decimals = CURRENCY_DECIMALS[options.currency]
        told = _("Enter an amount above zero, at most 999999999.999, with at most %(decimals)s decimals.")
        raise InvalidCell(told % {"decimals": decimals}) from None
    except UnreadableAmount:
        raise InvalidCell(_("Write the amount in digits, with a point before the decimals: 1000.500")) from None


def day(text: str, options: Options) -> date:
    try:
        return field_values.day(_iso(text.translate(DIGITS), options.day_form))
    except (ValueError, OverflowError):
        told = _("This is no day in the chosen form (%(form)s).")
        raise InvalidCell(told % {"form": DayForm(options.day_form).label}) from None


def _iso(text: str, form: str) -> str:
    """:raises ValueError: it is not written so"""
    if form == DayForm.ISO or _ISO_DAY.fullmatch(text):
        return text
    if form == DayForm.SERIAL:
        if _SERIAL.fullmatch(text) is None:
            raise ValueError(text)
        return (_SERIAL_ZERO + timedelta(days=int(text))).isoformat()
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    month, day_of_month = (second, first) if form == DayForm.DAY_FIRST else (first, second)
    return date(year, month, day_of_month).isoformat()


def day_of_month(text: str, options: Options) -> int:
    try:
        digits = text.translate(DIGITS)
        return field_values.day_of_month(Decimal(digits) if digits.isascii() and digits.isdecimal() else text)
    except field_values.InvalidValue:
        raise InvalidCell(_("Enter a day of the month from 1 to 28.")) from None


def name(text: str, options: Options) -> str:
    return _text(text, field_values.name, field_values.NAME_LENGTH)


def address(text: str, options: Options) -> str:
    return _text(text, field_values.address, field_values.ADDRESS_LENGTH)


def long_text(text: str, options: Options) -> str:
    return _text(text, field_values.long_text, field_values.TEXT_LENGTH)


def reference(text: str, options: Options) -> str:
    return _text(text.translate(DIGITS), field_values.name, 100)


def email(text: str, options: Options) -> str:
    try:
        return field_values.email(text)
    except field_values.InvalidValue:
        raise InvalidCell(_("Enter an e-mail address, such as name@example.com.")) from None


def national_id(text: str, options: Options) -> str:
    try:
        return field_values.national_id(text.translate(DIGITS))
    except field_values.InvalidValue:
        raise InvalidCell(_("Enter the ten digits of the national id.")) from None


def _text(text: str, check: Callable[[Any], str], most: int) -> str:
    if len(text) > most:
        raise InvalidCell(
            ngettext("Enter at most %(most)s character.", "Enter at most %(most)s characters.", most) % {"most": most}
        )
    try:
        return check(text)
    except field_values.InvalidValue:
        raise InvalidCell(_("Take out the invisible control characters, and line breaks in names.")) from None
