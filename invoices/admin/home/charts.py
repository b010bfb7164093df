"""The charts of home: drawn on the server from whole numbers, each with the table it shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from billing.admin.cells import money
from billing.day_text import format_month, format_month_name
from billing.models import Channel
from billing.money import ZERO
from billing.money_text import currency_sign
from invoices.models import MonthFigure, OpenFigure, Payment
from invoices.services.figures.months import months_until
from invoices.services.figures.open_rows import AGES
from invoices.services.figures.reading import Figures

# In units of the drawing, which the page stretches to its own width.
_SLOT: Final = 60
_BAR: Final = 20
HEIGHT: Final = 160
_BAR_LENGTH: Final = 100


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One line of a chart that lies: its length out of a hundred, its amount ready to print."""

    title: str | Promise
    amount: SafeString
    length: int


@dataclass(frozen=True, kw_only=True)
class Month:
    """Two standing bars, what fell due beside what came in."""

    title: str
    names: list[str]  # one below the other: the Arabic ones have two words
    billed: SafeString
    collected: SafeString
    middle: int
    billed_left: int
    billed_height: int
    collected_left: int
    collected_height: int

    @property
    def billed_top(self) -> int:
        return HEIGHT - self.billed_height

    @property
    def collected_top(self) -> int:
        return HEIGHT - self.collected_height


@dataclass(frozen=True, kw_only=True)
class Charts:
    """All of one currency."""

    currency: str
    months: list[Month]
    ages: list[Bar]
    ways: list[Bar]
    width: int = _SLOT * 12
    height: int = HEIGHT
    bar: int = _BAR

    @property
    def currency_sign(self) -> str:
        return currency_sign(self.currency, get_language() or "en")


def charts_of(figures: Figures, *, today: date) -> list[Charts]:
    currencies = sorted(
        {each.currency for each in figures.months} | {each.currency for each in figures.open if each.name in AGES}
    )
    return [_charts(figures, currency, today) for currency in currencies]


def _charts(figures: Figures, currency: str, today: date) -> Charts:
    ages = {str(OpenFigure.Name(name).label): figures.sums(name).get(currency, ZERO) for name in AGES}
    return Charts(
        currency=currency,
        months=_months(figures, currency, months_until(today)),
        ages=_bars(ages, currency),
        ways=_bars(_ways(figures, currency), currency),
    )


def _months(figures: Figures, currency: str, months: list[date]) -> list[Month]:
    billed, collected = (
        _by_month(figures, currency, kind) for kind in (MonthFigure.Kind.BILLED, MonthFigure.Kind.COLLECTED)
    )
    most = max([*billed.values(), *collected.values()], default=ZERO)
    language = get_language() or "en"
    found = []
    for number, month in enumerate(months):
        # In Arabic time runs to the left, and of a pair the first stands on the right.
        slot = len(months) - 1 - number if get_language_bidi() else number
        sides = (slot * _SLOT + _SLOT // 2 - _BAR, slot * _SLOT + _SLOT // 2)
        billed_left, collected_left = reversed(sides) if get_language_bidi() else sides
        found.append(
            Month(
                title=format_month(month, language),
                names=format_month_name(month, language).split(),
                billed=money(billed[month], currency),
                collected=money(collected[month], currency),
                middle=slot * _SLOT + _SLOT // 2,
                billed_left=billed_left,
                billed_height=_share(billed[month], most, HEIGHT),
                collected_left=collected_left,
                collected_height=_share(collected[month], most, HEIGHT),
            )
        )
    return found


def _by_month(figures: Figures, currency: str, kind: str) -> dict[date, Decimal]:
    found: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for each in figures.months:
        if each.currency == currency and each.kind == kind:
            found[each.month] += each.amount
    return found


def _ways(figures: Figures, currency: str) -> dict[str, Decimal]:
    """What came in, by the method, and through the link by the channel that carried it; the largest first."""
    found: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for each in figures.months:
        if each.currency == currency and each.kind == MonthFigure.Kind.COLLECTED:
            found[_way(each.method, each.channel)] += each.amount
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _way(method: str, channel: str) -> str:
    name = str(dict(Payment.Method.choices).get(method, method))
    if not channel:
        return name
    return _("%(method)s by %(channel)s") % {"method": name, "channel": Channel(channel).label}


def _bars(amounts: Mapping[str, Decimal], currency: str) -> list[Bar]:
    most = max(amounts.values(), default=ZERO)
    return [
        Bar(title=title, amount=money(amount, currency), length=_share(amount, most, _BAR_LENGTH))
        for title, amount in amounts.items()
    ]


def _share(amount: Decimal, most: Decimal, whole: int) -> int:
    """At least one unit for what is there at all."""
    return max(1, int(amount * whole / most)) if amount > 0 and most > 0 else 0
