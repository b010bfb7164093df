"""One figure of home, and the list that has its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from billing.admin.cells import money
from billing.models import Merchant
from invoices.admin.sections import list_url
from invoices.models import OpenFigure
from invoices.services.figures.reading import Figures

Name = OpenFigure.Name
# Where the rows of each figure are, as (list, filters).
Lists = Mapping[Name, tuple[str, dict[str, str]]]

_ALARMING: Final = {Name.OVERDUE_BILLS, Name.OVERDUE_INSTALLMENTS}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """:param parts: what it is made of, each ready to print"""

    title: str | Promise
    count: int
    url: str
    sums: str = ""
    parts: Sequence[SafeString] = ()
    is_alarming: bool = False


def figures_of(lists: Lists, figures: Figures, chosen: Merchant | None) -> list[Figure]:
    return [
        Figure(
            title=name.label,
            count=figures.count(name),
            sums=sums_text(figures.sums(name)),
            url=url_of(model, filters, chosen),
            is_alarming=name in _ALARMING and figures.count(name) > 0,
        )
        for name, (model, filters) in lists.items()
    ]


def sums_text(sums: Mapping[str, Decimal]) -> SafeString:
    """One sum for each currency: dinars and riyals are not added up."""
    return format_html_join(" ", "{}", ((money(amount, code),) for code, amount in sums.items()))


def url_of(model: str, filters: Mapping[str, str], chosen: Merchant | None) -> str:
    return list_url(model, **{**filters, **({"merchant": str(chosen.pk)} if chosen else {})})
