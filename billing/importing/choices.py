"""Which column of a file is which: guessed from its header, decided by a person, remembered for the next file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import translation

from billing.importing.cells import DayForm, Options
from billing.importing.header_names import names_of
from billing.importing.kinds import Column, ImportKind
from billing.models import ImportFile, ImportMapping, Merchant
from billing.search.spelling import spell

_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class Choices:
    """:param headers: the file's header of each column we know, by our code"""

    headers: Mapping[str, str] = field(default_factory=dict)
    day_form: str = DayForm.ISO
    restores_zero: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Choices:
        return cls(**stored)

    def as_json(self) -> dict[str, Any]:
        return {"headers": dict(self.headers), "day_form": self.day_form, "restores_zero": self.restores_zero}

    def options(self, merchant: Merchant) -> Options:
        return Options(currency=merchant.currency, day_form=self.day_form, restores_zero=self.restores_zero)

    def places(self, header: Sequence[str]) -> dict[str, int]:
        return {code: header.index(name) for code, name in self.headers.items() if name in header}


def propose_choices(file: ImportFile, kind: ImportKind, header: Sequence[str]) -> Choices:
    """What was decided for this file; else for the merchant's last one of its kind; else what the names suggest."""
    if file.choices:
        return Choices.from_json(file.choices)
    last = ImportMapping.objects.filter(merchant_id=file.merchant_id, kind=kind.code).first()
    known = Choices.from_json(last.choices) if last else Choices()
    remembered = {code: name for code, name in known.headers.items() if name in header}
    chosen = dict(remembered)
    for column in kind.columns:
        if column.code not in chosen and (name := _guess(column, header, set(chosen.values()))):
            chosen[column.code] = name
    return Choices(headers=chosen, day_form=known.day_form, restores_zero=known.restores_zero)


def keep_choices(file: ImportFile, choices: Choices) -> None:
    """For this file, and for the merchant's next one of its kind."""
    file.choices = choices.as_json()
    file.save(update_fields=["choices"])
    ImportMapping.objects.update_or_create(
        merchant_id=file.merchant_id, kind=file.kind, defaults={"choices": choices.as_json()}
    )


def _guess(column: Column, header: Sequence[str], taken: set[str]) -> str:
    names = {plain(name) for name in (column.code, *_titles(column), *names_of(column.code))}
    return next((name for name in header if name and name not in taken and plain(name) in names), "")


def _titles(column: Column) -> list[str]:
    titles = []
    for language in ("en", "ar"):
        with translation.override(language):
            titles.append(str(column.title))
    return titles


def plain(name: str) -> str:
    """`Customer_Phone `, `customer phone` and `CustomerPhone` are one; so are the spellings of Arabic."""
    return _BETWEEN_WORDS.sub("", spell(name))
