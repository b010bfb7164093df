"""What a list's search box finds: a number exactly, else a phone in any shape, else names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from billing.search.spelling import spell

_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_PHONE: Final = re.compile(r"\+?[0-9]{4,15}")
_BETWEEN_DIGITS: Final = re.compile(r"[\s()./\u200e\u200f\u202a-\u202e\u2066-\u2069-]+")
_MOST_WORDS: Final = 6
_LONGEST: Final = 200


@dataclass(frozen=True, kw_only=True)
class Search:
    """
    `numbers` are looked up exactly before anything else; `phones` by their digits, `names` word by word.

    `spelled` are names as `billing.search.spelling` writes them: a customer's as the customer row has it now, which
    may differ from what an old document says.
    """

    numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.numbers, *self.phones, *self.names, *self.spelled)

    def find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        term = term.strip()[:_LONGEST].translate(_DIGITS)
        if not term:
            return rows
        exact = rows.filter(_any(self.numbers, "in", [term, term.upper(), term.lower()]))
        if self.numbers and exact.exists():
            return exact
        if self.phones and (digits := national_digits(term)):
            return rows.filter(_any(self.phones, "contains", digits) | _any(self.numbers, "icontains", term))
        for word in term.split()[:_MOST_WORDS]:
            plain = _any((*self.names, *self.numbers), "icontains", word)
            rows = rows.filter(plain | _any(self.spelled, "contains", spell(word)))
        return rows


def national_digits(term: str) -> str:
    """
    What every way to write a phone number has in common: `0777 839 071`, `+962777839071` and `00962…` are `777839071`.

    Empty when the term is no phone number, nor four digits or more of one.
    """
    digits = _BETWEEN_DIGITS.sub("", term.translate(_DIGITS))
    if _PHONE.fullmatch(digits) is None:
        return ""
    digits = digits.removeprefix("+").removeprefix("00")
    return digits.removeprefix("962").removeprefix("0")


def _any(fields: tuple[str, ...], lookup: str, value: str | list[str]) -> Q:
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__{lookup}": value})
    return found
