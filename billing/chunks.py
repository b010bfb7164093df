"""Many values, some at a time: PostgreSQL takes 65,535 parameters in a statement, and memory has an end too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")

# Of ids in one statement, beside its other parameters.
MOST_IDS: Final = 10_000


def in_chunks(items: Sequence[Item], size: int = MOST_IDS) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
