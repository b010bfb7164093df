"""
What a list's search box finds: a number exactly, else a phone in any shape, else names.

In short lists every part of a number or a name is looked for. In long ones only what an index answers: whole numbers,
and people, whose rows are then looked up (decision 41).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Model, Q, QuerySet

from billing.models import Customer
from billing.search.spelling import spell
from billing.typed_numbers import DIGITS

_PHONE: Final = re.compile(r"\+?[0-9]{4,15}")
_BETWEEN_DIGITS: Final = re.compile(r"[\s()./\u200e\u200f\u202a-\u202e\u2066-\u2069-]+")
_MOST_WORDS: Final = 12
_LONGEST: Final = 200
MOST_READ: Final = 10_000  # rows in which parts of numbers and names are looked for
MOST_PEOPLE: Final = 500
_MOST_IDS: Final = 500  # beyond, the database looks the same keys up again: a payout has any number of lines


@dataclass(frozen=True, kw_only=True)
class Search:
    """
    `numbers` are looked up exactly before anything else; `phones` by their digits, `names` word by word.

    `spelled` are names as `billing.search.spelling` writes them: a customer's as the customer row has it now, which
    may differ from what an old document says. A list of more than `most_read` rows is long.
    """

    numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    most_read: int = MOST_READ

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.numbers, *self.phones, *self.names, *self.spelled)

    def find(
        self,
        rows: QuerySet[Any],
        term: str,
        *,
        customers: QuerySet[Customer] | None = None,
        when_cut: Callable[[], None] = lambda: None,
    ) -> QuerySet[Any]:
        """
        What cannot be looked for as it stands finds nothing: with a part of it left out, more would be found.

        :param customers: whom the person may see; all by default, and then only `rows` keeps others' rows away
        :param when_cut: called where so many people are meant that the rows of the newest alone are found
        """
        term = term.strip().translate(DIGITS)
        if not term:
            return rows
        if not _can_be_looked_for(term):
            return rows.none()
        if self.numbers and (exact := find_numbers(rows, self.numbers, term)) is not None:
            return exact
        digits = national_digits(term) if self.phones else ""
        if rows.order_by()[: self.most_read + 1].count() > self.most_read:
            return self._find_people(
                rows, term, digits, Customer.objects.all() if customers is None else customers, when_cut
            )
        if digits:
            return rows.filter(_any(self.phones, "contains", digits) | _any(self.numbers, "icontains", term))
        for word in term.split():
            plain = _any((*self.names, *self.numbers), "icontains", word)
            rows = rows.filter(plain | _any(self.spelled, "contains", spell(word)))
        return rows

    def _find_people(
        self,
        rows: QuerySet[Any],
        term: str,
        digits: str,
        customers: QuerySet[Customer],
        when_cut: Callable[[], None],
    ) -> QuerySet[Any]:
        """Of a long list, by phone or by every word of the name as it is now; nothing else has an index for parts."""
        paths = self.phones or self.spelled
        if not paths:
            return rows.none()
        meant = Q(phone__contains=digits) if digits else Q()
        for word in () if digits else term.split():
            meant &= Q(search_name__contains=spell(word))
        path = paths[0].rpartition("__")[0]
        if not path:  # a list of customers itself
            return rows.filter(meant)
        ids = list(customers.filter(meant).order_by("-pk").values_list("pk", flat=True)[: MOST_PEOPLE + 1])
        if len(ids) > MOST_PEOPLE:
            when_cut()
        return rows.filter(**{f"{path}__in": ids[:MOST_PEOPLE]})


def national_digits(term: str) -> str:
    """
    What every way to write a phone number has in common: `0777 839 071`, `+962777839071` and `00962…` are `777839071`.

    Empty when the term is no phone number, nor four digits or more of one.
    """
    digits = _BETWEEN_DIGITS.sub("", term.translate(DIGITS))
    if _PHONE.fullmatch(digits) is None:
        return ""
    digits = digits.removeprefix("+").removeprefix("00")
    return digits.removeprefix("962").removeprefix("0")


def _can_be_looked_for(term: str) -> bool:
    """No database takes a NUL, and a word of vowel signs alone is in every name."""
    words = term.split()
    return "\0" not in term and len(term) <= _LONGEST and len(words) <= _MOST_WORDS and all(map(spell, words))


def find_numbers(rows: QuerySet[Any], paths: tuple[str, ...], term: str) -> QuerySet[Any] | None:
    """The rows with exactly this number; None where there are none."""
    if len(paths) == 1 and "__" not in paths[0]:
        exact = rows.filter(**{f"{paths[0]}__in": ways_to_write(term)})
        return exact if exact.exists() else None
    numbered = with_number(rows, paths, ways_to_write(term))
    ids = [found["pk"] for found in numbered[: _MOST_IDS + 1]]
    if not ids:
        return None
    return rows.filter(pk__in=ids if len(ids) <= _MOST_IDS else numbered)


def with_number(rows: QuerySet[Any], paths: tuple[str, ...], values: Collection[str]) -> Any:
    """
    The keys of the rows that have one of these numbers in any of these columns.

    Each column is asked by itself, and related rows for the row's own merchant: "or" would use no index.
    """
    first, *others = [
        rows.order_by().filter(_of_same_merchant(rows.model, path), **{f"{path}__in": list(values)}).values("pk")
        for path in paths
    ]
    return first.union(*others)


def ways_to_write(number: str) -> tuple[str, ...]:
    """The letter cases that numbers come in. A bill's second number has no index: it ends like the first."""
    upper = number.upper()
    twin = (f"BILL-{upper.removeprefix('BN-')}",) if upper.startswith("BN-") else ()
    return tuple(dict.fromkeys([number, upper, number.lower(), *twin]))


def _of_same_merchant(model: type[Model], path: str) -> Q:
    same, steps = Q(), path.split("__")[:-1]
    for place, step in enumerate(steps, start=1):
        related = model._meta.get_field(step).related_model
        assert isinstance(related, type)
        model = related
        if "merchant" in {field.name for field in model._meta.fields}:
            same &= Q(**{f"{'__'.join(steps[:place])}__merchant": F("merchant")})
    return same


def _any(fields: tuple[str, ...], lookup: str, value: str | list[str]) -> Q:
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__{lookup}": value})
    return found
