"""What somebody typed into the search box may be. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from billing.search.numbers import ways_to_write
from billing.search.phones import typed_phone
from billing.search.spelling import spell
from billing.typed_numbers import DIGITS

LONGEST: Final = 100  # characters; more is a paste, not a search
_DIGITS: Final = DIGITS | str.maketrans("٫٬", ".,")
_AMOUNT: Final = re.compile(r"(?:[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]{1,3})?")
_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{2,99}")
_NATIONAL_ID: Final = re.compile(r"[0-9]{10}")
_MOST_WORDS: Final = 5
_PUBLIC_ID: Final = 24
_SHORTEST_WORD: Final = 2


@dataclass(frozen=True, kw_only=True)
class Term:
    """
    Each reading is empty (None for the amount) where the text cannot be that.

    `number` in the three letter cases that numbers come in; `phone` as `typed_phone` reads it.
    """

    numbers: tuple[str, ...]
    phone: str
    national_id: str
    amount: Decimal | None
    words: tuple[str, ...]

    @property
    def may_be_ours(self) -> bool:
        """Numbers that we make have letters in them; of public ids nearly all do."""
        return any(any(map(str.isalpha, number)) or len(number) >= _PUBLIC_ID for number in self.numbers)

    @property
    def is_empty(self) -> bool:
        return not (self.numbers or self.phone or self.national_id or self.amount is not None or self.words)


def read_term(text: str) -> Term:
    """Every reading of it; one text may be several, such as a phone and an amount."""
    stated = " ".join(text.replace("\0", " ").split())[:LONGEST].translate(_DIGITS)
    number = stated if _NUMBER.fullmatch(stated) else ""
    has_letters = any(letter.isalpha() for letter in stated)
    different = dict.fromkeys(map(spell, stated.split()))
    words = [word for word in different if len(word) >= _SHORTEST_WORD][:_MOST_WORDS]
    return Term(
        numbers=ways_to_write(number) if number else (),
        phone=typed_phone(stated),
        national_id=stated if _NATIONAL_ID.fullmatch(stated) else "",
        amount=Decimal(stated.replace(",", "")) if _AMOUNT.fullmatch(stated) else None,
        words=tuple(words) if has_letters else (),
    )
