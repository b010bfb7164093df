"""What the cells of a plan hold in a spreadsheet: its type, in many words, and a whole custom schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as gettext_now

from billing.importing import cells
from billing.importing.cells import InvalidCell, Options
from billing.importing.choices import plain
from billing.money import ZERO
from subscriptions.models import Subscription

Type = Subscription.Type

_CALLED: Final[Mapping[str, str]] = {
    Type.FIXED_MONTHLY: "fixed monthly|fixed|installments|أقساط|قسط|ثابت|شهري ثابت|أقساط ثابتة|أقساط شهرية ثابتة",
    Type.CUSTOM_SCHEDULE: "custom schedule|custom|schedule|مخصص|جدول مخصص|دفعات مخصصة|جدول دفعات",
    Type.OPEN_ENDED: "open ended|open|recurring|مفتوح|مفتوحة|متكرر|اشتراك مفتوح|دون نهاية|بلا نهاية",
}
_TYPES: Final = {plain(name): code for code, names in _CALLED.items() for name in names.split("|")}
_BETWEEN_PAYMENTS: Final = re.compile(r"[;؛\r\n]+")


def plan_type(text: str, options: Options) -> str:
    """The stored code of a type; :raises InvalidCell:"""
    try:
        return Type(_TYPES[plain(text)]).value
    except KeyError:
        raise InvalidCell(gettext_now("Write FIXED_MONTHLY, CUSTOM_SCHEDULE or OPEN_ENDED.")) from None


class Payments(tuple[tuple[date, Decimal, str], ...]):
    """Due date, amount and name of each; ``str()`` is the cell that reads as the same again."""

    __slots__ = ()

    def __str__(self) -> str:
        return "; ".join(f"{day} {amount} {name}".rstrip() for day, amount, name in self)

    @property
    def total(self) -> Decimal:
        return sum((amount for _day, amount, _name in self), ZERO)


def payments(text: str, options: Options) -> Payments:
    """`2027-01-10 100.000 First; 2027-04-10 50.000`: a name may follow each amount. :raises InvalidCell:"""
    return Payments(
        _payment(part.split(maxsplit=2), options) for part in _BETWEEN_PAYMENTS.split(text.strip(" ;؛\r\n"))
    )


def _payment(words: list[str], options: Options) -> tuple[date, Decimal, str]:
    if len(words) < 2:
        told = gettext_now("Write a day and an amount for each payment, with ; between them: %(example)s")
        raise InvalidCell(told % {"example": "2027-01-10 100.000; 2027-04-10 50.000"})
    day, amount, *called = words
    return cells.day(day, options), cells.amount(amount, options), cells.name(called[0], options) if called else ""
