"""Twelve months as standing bars: what fell due beside what came in. Each bar leads to its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import money, money_text
from billing.day_text import format_month, format_month_name
from billing.money import ZERO
from invoices.admin.home.behind_bars import ListsBehind
from invoices.models import MonthFigure
from invoices.services.figures.months import MONTHS, Owed, months_until
from invoices.services.figures.reading import Figures

# In units of the drawing, which the page stretches to its own width.
SLOT: Final = 60
BAR: Final = 20
HEIGHT: Final = 160
COLUMNS: Final = {
    "office-bar-billed": _("Bills due"),
    "office-bar-installments": _("Installments due"),
    "office-bar-collected": _("Collected"),
}


@dataclass(frozen=True, kw_only=True)
class MonthBar:
    """
    A part of a standing bar, and the ground that may be pressed for it, however small it is.

    :param label: all that the drawing says of it, for whoever hears it
    """

    css: str
    label: str
    url: str
    amount: SafeString
    left: int
    top: int
    height: int
    ground_top: int
    ground_height: int


@dataclass(frozen=True, kw_only=True)
class Month:
    title: str
    names: list[str]  # one below the other: the Arabic ones have two words
    middle: int
    bars: list[MonthBar]

    def amounts(self, columns: Iterable[str]) -> list[MonthBar | None]:
        by_css = {bar.css: bar for bar in self.bars}
        return [by_css.get(css) for css in columns]


@dataclass(frozen=True, kw_only=True)
class _Part:
    css: str
    url: str
    amount: Decimal


def month_bars(figures: Figures, *, behind: ListsBehind) -> list[Month]:
    months, amounts = months_until(behind.today), _amounts(figures, behind.currency)
    together: dict[tuple[date, str], Decimal] = defaultdict(lambda: ZERO)
    for (month, kind, _owed), amount in amounts.items():
        together[month, kind] += amount
    most = max(together.values(), default=ZERO)
    return [_month(number, month, amounts, most, behind) for number, month in enumerate(months)]


def share(amount: Decimal, most: Decimal, whole: int) -> int:
    """At least one unit for what is there at all."""
    return max(1, int(amount * whole / most)) if amount > 0 and most > 0 else 0


def _amounts(figures: Figures, currency: str) -> dict[tuple[date, str, str], Decimal]:
    """By month and kind; what fell due by what it is owed for, too."""
    found: dict[tuple[date, str, str], Decimal] = defaultdict(lambda: ZERO)
    for each in figures.months:
        if each.currency == currency:
            owed = each.method if each.kind == MonthFigure.Kind.BILLED else ""
            found[each.month, each.kind, owed] += each.amount
    return found


def _month(
    number: int, month: date, amounts: Mapping[tuple[date, str, str], Decimal], most: Decimal, behind: ListsBehind
) -> Month:
    language, is_rtl = get_language() or "en", get_language_bidi()
    # In Arabic time runs to the left, and of a pair the first stands on the right.
    middle = (MONTHS - 1 - number if is_rtl else number) * SLOT + SLOT // 2
    billed_left, collected_left = (middle, middle - BAR) if is_rtl else (middle - BAR, middle)
    stack = _Stack(title=format_month(month, language), most=most, currency=behind.currency)
    return Month(
        title=stack.title,
        names=format_month_name(month, language).split(),
        middle=middle,
        bars=[
            *stack.bars(billed_left, _billed(month, amounts, behind)),
            *stack.bars(collected_left, [_collected(month, amounts, behind)]),
        ],
    )


def _billed(month: date, amounts: Mapping[tuple[date, str, str], Decimal], behind: ListsBehind) -> list[_Part]:
    bills, installments = (amounts.get((month, MonthFigure.Kind.BILLED, owed), ZERO) for owed in Owed)
    return [
        _Part(css="office-bar-billed", url=behind.bills_of_month(month), amount=bills),
        _Part(
            css="office-bar-installments",
            url=behind.installments_of_month(month),
            amount=installments,
        ),
    ]


def _collected(month: date, amounts: Mapping[tuple[date, str, str], Decimal], behind: ListsBehind) -> _Part:
    amount = amounts.get((month, MonthFigure.Kind.COLLECTED, ""), ZERO)
    return _Part(css="office-bar-collected", url=behind.payments_of_month(month), amount=amount)


@dataclass(frozen=True, kw_only=True)
class _Stack:
    """Draws the parts of one month, each as high as its share of the highest month."""

    title: str
    most: Decimal
    currency: str

    def bars(self, left: int, parts: Sequence[_Part]) -> list[MonthBar]:
        """One on the other, the last one's ground up to the top; nothing for what is not there."""
        shown, bars, bottom = [part for part in parts if part.amount > 0], [], HEIGHT
        for part in shown:
            top = max(0, bottom - share(part.amount, self.most, HEIGHT))
            bars.append(self._bar(part, left=left, top=top, bottom=bottom, ground_top=0 if part is shown[-1] else top))
            bottom = top
        return bars

    def _bar(self, part: _Part, *, left: int, top: int, bottom: int, ground_top: int) -> MonthBar:
        return MonthBar(
            css=part.css,
            label=f"{COLUMNS[part.css]} · {self.title} · {money_text(part.amount, self.currency)}",
            url=part.url,
            amount=money(part.amount, self.currency),
            left=left,
            top=top,
            height=bottom - top,
            ground_top=ground_top,
            ground_height=bottom - ground_top,
        )
