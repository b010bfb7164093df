"""Known customers whom a file calls otherwise: said before it is imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from billing.chunks import in_chunks
from billing.importing.kinds import ImportKind
from billing.models import Customer, Merchant
from billing.phones import to_e164

_PHONES_AT_ONCE: Final = 500


class Renaming(NamedTuple):
    old: str
    new: str


def renamings_by(rows: Iterable[Mapping[str, str]], *, kind: ImportKind, merchant: Merchant) -> list[Renaming]:
    """In the order of the file, whose last name for a phone counts. Former numbers rename nobody."""
    if not kind.has_phones:
        return []
    names = {to_e164(cells["phone"]): cells["name"] for cells in rows}
    known: dict[str, str] = {}
    for phones in in_chunks(list(names), _PHONES_AT_ONCE):
        customers = Customer.objects.filter(merchant=merchant, phone__in=list(phones), merged_into=None)
        known.update(customers.values_list("phone", "name"))
    return [Renaming(known[phone], new) for phone, new in names.items() if known.get(phone, new) != new]
