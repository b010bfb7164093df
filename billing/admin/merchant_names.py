"""Merchants by their names in the reader's language; their usernames are for addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.forms import Field
from django.forms.models import ModelChoiceField, ModelChoiceIterator

from billing.models import Merchant


def named(merchants: Iterable[Merchant]) -> list[tuple[Merchant, str]]:
    """Each with its name, and where two have one name, with their usernames too."""
    rows = list(merchants)
    alike = Counter(str(row) for row in rows)
    return [(row, f"{row} · {row.username}" if alike[str(row)] > 1 else str(row)) for row in rows]


if TYPE_CHECKING:  # neither takes a type at run time
    _Iterator = ModelChoiceIterator[Merchant]
else:
    _Iterator = ModelChoiceIterator


class NamedMerchants(_Iterator):
    """The choices of a form's field."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", str(self.field.empty_label)
        for merchant, name in named(self.queryset):
            yield self.choice(merchant)[0], name


def name_choices(field: Field) -> None:
    assert isinstance(field, ModelChoiceField)
    field.iterator = NamedMerchants
    field.widget.choices = field.choices
