"""
What a list's search box finds: a number exactly, else a phone in any shape, else names.

In short lists every part of a number or a name is looked for. In long ones only what an index answers: whole numbers,
and people, whose rows are then looked up (decision 41).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from billing.models import Customer
from billing.money import from_thousandths, to_thousandths
from billing.search.numbers import find_numbers
from billing.search.phones import has_phone, typed_phone
from billing.search.spelling import has_word, spell
from billing.typed_numbers import DIGITS, read_amount

_MOST_WORDS: Final = 12
_LONGEST: Final = 200
MOST_READ: Final = 10_000  # rows in which parts of numbers and names are looked for
MOST_PEOPLE: Final = 500
_LED_TO: Final = Coalesce("merged_into", "pk")
_INDEXED: Final = re.compile(r"[^\W_]{3}")  # what the index on names is made of


class Cut(enum.Enum):
    """Why only the newest are looked through."""

    MANY_PEOPLE = enum.auto()
    SHORT_TERM = enum.auto()


@dataclass(frozen=True, kw_only=True)
class Search:
    """
    `numbers` are looked up exactly before anything else; `phones` by their digits, `names` word by word.

    `exact` are numbers that are found whole or not at all; `amounts` the rows whose amounts have an index.

    `spelled` are names as `billing.search.spelling` writes them: a customer's as the customer row has it now, which
    may differ from what an old document says. A list of more than `most_read` rows is long.
    """

    numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    amounts: Q | None = None
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
        when_cut: Callable[[Cut], None] = lambda cut: None,
    ) -> QuerySet[Any]:
        """
        What cannot be looked for as it stands finds nothing: with a part of it left out, more would be found.

        :param customers: whom the person may see; all by default, and then only `rows` keeps others' rows away
        :param when_cut: called where the rows of the newest people alone are found
        """
        term = term.strip().translate(DIGITS)
        if not term:
            return rows
        if not _can_be_looked_for(term):
            return rows.none()
        numbers = (*self.numbers, *self.exact)
        if numbers and (exact := find_numbers(rows, numbers, term)) is not None:
            return exact
        phone = typed_phone(term) if self.phones else ""
        people = Customer.objects.all() if customers is None else customers
        if rows.order_by()[: self.most_read + 1].count() > self.most_read:
            return self._find_people(rows, term, phone, people, when_cut)
        if phone:
            found = _any(self.numbers, "icontains", term) | self._of_former_number(people, phone, when_cut)
            found |= self._of_amount(term)
            for path in self.phones:
                found |= has_phone(path, phone)
            return rows.filter(found)
        for word in term.split():
            meant = _any((*self.names, *self.numbers), "icontains", word)
            for path in self.spelled:
                meant |= has_word(path, spell(word))
            rows = rows.filter(meant | self._of_amount(term))
        return rows

    def _find_people(
        self,
        rows: QuerySet[Any],
        term: str,
        phone: str,
        customers: QuerySet[Customer],
        when_cut: Callable[[Cut], None],
    ) -> QuerySet[Any]:
        """Of a long list, by phone or by every word of the name as it is now; nothing else has an index for parts."""
        if not (self.phones or self.spelled):
            return rows.none()
        words = [] if phone else [spell(word) for word in term.split()]
        meant = has_phone("phone", phone) if phone else Q()
        for word in words:
            meant &= has_word("search_name", word)
        is_short = not phone and not any(map(_INDEXED.search, words))
        if not self._to_customer:  # a list of customers itself
            return (self._newest(rows, when_cut) if is_short else rows).filter(meant)
        people = self._newest(customers, when_cut) if is_short else customers
        key = _LED_TO if phone else F("pk")
        return rows.filter(self._of_newest(people.filter(meant), key, when_cut) | self._of_amount(term))

    def _newest(self, people: QuerySet[Customer], when_cut: Callable[[Cut], None]) -> QuerySet[Customer]:
        """As many as are read of a short list: for what no index answers."""
        found = people.order_by("-pk").values_list("pk", flat=True)[self.most_read : self.most_read + 1]
        last = next(iter(found), None)
        if last is None:
            return people
        when_cut(Cut.SHORT_TERM)
        return people.filter(pk__gt=last)

    def _of_amount(self, term: str) -> Q:
        if self.amounts is None:
            return Q()
        try:
            amount = from_thousandths(to_thousandths(read_amount(term)))
        except ValueError:  # no amount, or one that nobody can owe
            return Q()
        return self.amounts & Q(amount=amount)

    def _of_former_number(self, customers: QuerySet[Customer], phone: str, when_cut: Callable[[Cut], None]) -> Q:
        """Rows of those whom such a number of a merged customer leads to (decision 37)."""
        if not self._to_customer:
            return Q()
        former = customers.filter(has_phone("phone", phone), merged_into__isnull=False)
        return self._of_newest(former, _LED_TO, when_cut)

    def _of_newest(self, customers: QuerySet[Customer], key: Combinable, when_cut: Callable[[Cut], None]) -> Q:
        ids = list(customers.order_by("-pk").annotate(key=key).values_list("key", flat=True)[: MOST_PEOPLE + 1])
        if len(ids) > MOST_PEOPLE:
            when_cut(Cut.MANY_PEOPLE)
        return Q(**{f"{self._to_customer}__in": ids[:MOST_PEOPLE]})

    @property
    def _to_customer(self) -> str:
        """The way from a row to its customer; empty on a list of customers itself."""
        return next(iter((*self.phones, *self.spelled)), "").rpartition("__")[0]


def _can_be_looked_for(term: str) -> bool:
    """No database takes a NUL, and a word of vowel signs alone is in every name."""
    words = term.split()
    return "\0" not in term and len(term) <= _LONGEST and len(words) <= _MOST_WORDS and all(map(spell, words))


def _any(fields: tuple[str, ...], lookup: str, value: str) -> Q:
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__{lookup}": value})
    return found
