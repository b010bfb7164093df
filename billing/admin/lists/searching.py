"""
What a list's search box finds: a number exactly, else a phone in any shape, else names.

In short lists every part of a number or a name is looked for. In long ones only what an index answers: whole numbers,
and people, whose rows are then looked up (decision 41).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from billing.models import Customer
from billing.money import from_thousandths, to_thousandths
from billing.search.phones import has_phone, typed_phone
from billing.search.spelling import has_word, spell
from billing.typed_numbers import DIGITS, read_amount

_MOST_WORDS: Final = 12
_LONGEST: Final = 200
MOST_READ: Final = 10_000  # rows in which parts of numbers and names are looked for
MOST_PEOPLE: Final = 500
_LED_TO: Final = Coalesce("merged_into", "pk")
_MOST_IDS: Final = 500  # beyond, the database looks the same keys up again: a payout has any number of lines


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
        when_cut: Callable[[], None],
    ) -> QuerySet[Any]:
        """Of a long list, by phone or by every word of the name as it is now; nothing else has an index for parts."""
        if not (self.phones or self.spelled):
            return rows.none()
        meant = has_phone("phone", phone) if phone else Q()
        for word in () if phone else term.split():
            meant &= has_word("search_name", spell(word))
        if not self._to_customer:  # a list of customers itself
            return rows.filter(meant)
        key = _LED_TO if phone else F("pk")
        return rows.filter(self._of_newest(customers.filter(meant), key, when_cut) | self._of_amount(term))

    def _of_amount(self, term: str) -> Q:
        if self.amounts is None:
            return Q()
        try:
            amount = from_thousandths(to_thousandths(read_amount(term)))
        except ValueError:  # no amount, or one that nobody can owe
            return Q()
        return self.amounts & Q(amount=amount)

    def _of_former_number(self, customers: QuerySet[Customer], phone: str, when_cut: Callable[[], None]) -> Q:
        """Rows of those whom such a number of a merged customer leads to (decision 37)."""
        if not self._to_customer:
            return Q()
        former = customers.filter(has_phone("phone", phone), merged_into__isnull=False)
        return self._of_newest(former, _LED_TO, when_cut)

    def _of_newest(self, customers: QuerySet[Customer], key: Combinable, when_cut: Callable[[], None]) -> Q:
        ids = list(customers.order_by("-pk").annotate(key=key).values_list("key", flat=True)[: MOST_PEOPLE + 1])
        if len(ids) > MOST_PEOPLE:
            when_cut()
        return Q(**{f"{self._to_customer}__in": ids[:MOST_PEOPLE]})

    @property
    def _to_customer(self) -> str:
        """The way from a row to its customer; empty on a list of customers itself."""
        return next(iter((*self.phones, *self.spelled)), "").rpartition("__")[0]


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


def _any(fields: tuple[str, ...], lookup: str, value: str) -> Q:
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__{lookup}": value})
    return found
