"""What somebody types of a phone number, and the numbers it may be of."""

from __future__ import annotations

import re
from typing import Final

from django.db.models import F, Q
from django.db.models.functions import Substr
from django.db.models.lookups import Contains, StartsWith

from billing.typed_numbers import DIGITS

_PHONE: Final = re.compile(r"\+?[0-9]{4,15}")
_BETWEEN_DIGITS: Final = re.compile(r"[\s()./\u200e\u200f\u202a-\u202e\u2066-\u2069-]+")
_SHORTEST_WHOLE: Final = 8  # a landline of Jordan and any number of the Gulf, without the zero before it
_SHORTEST_BEGINNING: Final = 6  # with fewer, "962…" begins half of all numbers
_BEHIND_CODE: Final = len("+962") + 1


def typed_phone(term: str) -> str:
    """
    What the ways to write a whole number have in common: `0777 839 071`, `+962777839071`, `00962…` are `777839071`.

    Four digits or more of one are left as they were typed: whether they begin the number nobody knows. Empty when the
    term is neither.
    """
    digits = _BETWEEN_DIGITS.sub("", term.translate(DIGITS))
    if _PHONE.fullmatch(digits) is None:
        return ""
    national = digits.removeprefix("+").removeprefix("00").removeprefix("962").removeprefix("0")
    return national if len(national) >= _SHORTEST_WHOLE else digits


def has_phone(path: str, typed: str) -> Q:
    """
    Rows whose number in international form is, or has in it, what `typed_phone` read.

    The country's code is no part that anybody looks for: behind it, `9627` is in few numbers. The plain lookups beside
    those behind it have an index.
    """
    as_typed = Q(**{f"{path}__contains": typed})
    if typed.startswith("+"):
        return as_typed
    if typed.startswith("00"):
        return as_typed | Q(**{f"{path}__startswith": f"+{typed[2:]}"})
    behind_code = Substr(F(path), _BEHIND_CODE)
    if typed.startswith("0"):
        rest = typed[1:]
        return as_typed | (Q(**{f"{path}__contains": rest}) & Q(StartsWith(behind_code, rest)))
    is_beginning = typed.startswith("962") and len(typed) >= _SHORTEST_BEGINNING
    if is_beginning or len(typed) >= _SHORTEST_WHOLE:
        return as_typed
    return as_typed & Q(Contains(behind_code, typed))
