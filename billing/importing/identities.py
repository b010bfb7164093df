"""By what a row is known again: the merchant's own reference, or what it asks of whom."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple


class Keys(NamedTuple):
    """
    64 hex digits each.

    :param own: of this row alone: what was made under one of them is never made again
    :param shared: what rows that only differ in their references have in common; they are all made
    :param known_by: whichever of these was left by a row before, it was this one
    """

    own: str = ""
    shared: str = ""
    known_by: tuple[str, ...] = ()

    @property
    def left(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.own, self.shared)))


def keys_of(terms: Sequence[object], *, reference: str | None) -> Keys:
    """
    A column of references that is chosen one time and not the other makes nobody pay twice.

    :param terms: what is asked of the person
    """
    alone, among_references = _key("row", *terms), _key("row of a reference", *terms)
    if reference is None:
        return Keys(own=alone, known_by=(alone, among_references))
    own = _key("reference", reference)
    return Keys(own=own, shared=among_references, known_by=(own, alone))


def _key(*parts: object) -> str:
    told = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(told.encode()).hexdigest()
