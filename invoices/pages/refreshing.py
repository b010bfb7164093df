"""Pages that look again by themselves: ever less often, for two minutes in all. The count is in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from invoices.pages.queries import query_value

PAUSES: Final = (2, 3, 4, 5, 6, 8, 10, 12, 15, 15, 20, 20)  # seconds
MOST_LOOKS: Final = len(PAUSES)


@dataclass(frozen=True, kw_only=True)
class Refresh:
    """After so many seconds, as the look with that number."""

    after: int
    look: int


def looks_so_far(request: HttpRequest) -> int:
    """How often this browser has looked already, as its address says."""
    stated = query_value(request, "n")
    is_number = stated.isascii() and stated.isdigit() and len(stated) <= 3
    return min(int(stated), MOST_LOOKS) if is_number else 0


def next_refresh(looks: int) -> Refresh | None:
    """None after the last."""
    return Refresh(after=PAUSES[looks], look=looks + 1) if looks < MOST_LOOKS else None
