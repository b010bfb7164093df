"""Who is to be forgotten: their documents, and the words and numbers by which texts elsewhere name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus

from django.db.models import QuerySet

from billing.models import Bill, Customer, Event
from invoices.models import Invoice, Payment
from invoices.services.forgetting.rows import rows_of
from subscriptions.models import Installment, Subscription

Subject = Event.Subject
# A single word is many people's name.
_WORDS_OF_A_NAME: Final = 2
_DIGITS_OF_A_PHONE: Final = 9
_SHORTEST: Final = 6


@dataclass(frozen=True, kw_only=True)
class Person:
    """
    `phones` are what every way to write them ends with; `words` are full names, addresses, e-mails, national ids.

    Words and `names`, of whatever length, are without regard to case.
    """

    customer: Customer
    ids: dict[Event.Subject, frozenset[int]]
    phones: frozenset[str]
    names: frozenset[str]
    words: frozenset[str]

    @property
    def merchant_id(self) -> int:
        return self.customer.merchant_id

    def documents(self, subject: Event.Subject) -> frozenset[int]:
        return self.ids[subject]

    def has_phone(self, text: object) -> bool:
        return _end_of_phone(str(text or "")) in self.phones

    def is_called(self, name: str) -> bool:
        return name.casefold() in self.names

    def is_named_in(self, value: object) -> bool:
        """Whether a text, or a text anywhere in a JSON value, names them."""
        return any(self._names(text) for text in texts_in(value))

    def _names(self, text: str) -> bool:
        plain = unquote_plus(text).casefold()
        digits = _digits(plain)
        return any(word in plain for word in self.words) or any(phone in digits for phone in self.phones)


def texts_in(value: object) -> Iterator[str]:
    """:param value: JSON, as it was read; the keys of objects are ours and name nobody"""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


def read_person(customer: Customer) -> Person:
    """With every row that is theirs, and every name and phone that their documents were made out to."""
    rows = rows_of(customer)
    of_customer = {"merchant_id": customer.merchant_id, "customer__in": _ids(rows)}
    documents: list[QuerySet[Any]] = [model.objects.filter(**of_customer) for model in (Bill, Subscription, Invoice)]
    installments = Installment.objects.filter(merchant_id=customer.merchant_id, subscription__in=documents[1])
    stated = list(rows.values_list("name", "phone", "email", "national_id", "address"))
    for found in documents:
        snapshots = found.order_by().values_list("customer_name", "customer_phone", "customer_email").distinct()
        stated += [(*snapshot, "", "") for snapshot in snapshots]
    names = {row[0] for row in stated}
    full_names = {name for name in names if len(name.split()) >= _WORDS_OF_A_NAME}
    others = {word for row in stated for word in row[2:] if len(word) >= _SHORTEST}
    return Person(
        customer=customer,
        ids={
            Subject.CUSTOMER: _ids(rows),
            Subject.BILL: _ids(documents[0]),
            Subject.SUBSCRIPTION: _ids(documents[1]),
            Subject.INVOICE: _ids(documents[2]),
            Subject.INSTALLMENT: _ids(installments),
            Subject.PAYMENT: _ids(Payment.objects.filter(**of_customer)),
        },
        phones=frozenset(filter(None, (_end_of_phone(row[1]) for row in stated))),
        names=frozenset(name.casefold() for name in names),
        words=frozenset(word.casefold() for word in full_names | others),
    )


def _digits(text: str) -> str:
    """Of any script, as 0 to 9."""
    return "".join(str(int(each)) for each in text if each.isdecimal())


def _end_of_phone(text: str) -> str:
    """`777839071` of `+962 777 839 071` and of `0777839071`; empty of what is no phone."""
    digits = _digits(text)
    is_phone = len(digits) >= _DIGITS_OF_A_PHONE and not text.startswith("-")  # of a number that was taken away
    return digits[-_DIGITS_OF_A_PHONE:] if is_phone else ""


def _ids(rows: QuerySet[Any]) -> frozenset[int]:
    found: Iterable[int] = rows.values_list("pk", flat=True)
    return frozenset(found)
