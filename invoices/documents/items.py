"""What a bill or an installment is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.text import Truncator

from invoices.pages.facts import describe_position
from invoices.services.payables import Payable, title_of

_LONGEST_DESCRIPTION: Final = 400  # characters, as on the page
_MOST_LINES: Final = 12


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing charged; `position` says which installment it is, `lines` are the merchant's own description."""

    title: str
    position: str
    lines: list[str]
    amount: str = ""


@dataclass(frozen=True, kw_only=True)
class Total:
    """A line under the items. Lines of taxes would stand among them."""

    label: str
    amount: str
    is_result: bool = False


def item_of(payable: Payable, *, amount: str = "") -> Item:
    return Item(
        title=title_of(payable),
        position=describe_position(payable),
        lines=Truncator(payable.description).chars(_LONGEST_DESCRIPTION).splitlines()[:_MOST_LINES],
        amount=amount,
    )
