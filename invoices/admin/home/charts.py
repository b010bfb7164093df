"""The charts of home: drawn on the server from whole numbers, each with the table it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from billing.models import Merchant
from billing.money_text import currency_sign
from invoices.admin.home.behind_bars import ListsBehind
from invoices.admin.home.lying_bars import Bar, age_bars, way_bars
from invoices.admin.home.month_bars import BAR, COLUMNS, HEIGHT, SLOT, Month, MonthBar, month_bars
from invoices.services.figures.months import MONTHS
from invoices.services.figures.open_rows import AGES
from invoices.services.figures.reading import Figures


@dataclass(frozen=True, kw_only=True)
class Charts:
    """All of one currency."""

    currency: str
    months: list[Month]
    ages: list[Bar]
    ways: list[Bar]
    width: int = SLOT * MONTHS
    height: int = HEIGHT
    bar: int = BAR

    @property
    def currency_sign(self) -> str:
        return currency_sign(self.currency, get_language() or "en")

    @property
    def columns(self) -> dict[str, Any]:
        """What its bars stand for, each with its colour: without what there is none of."""
        drawn = {bar.css for month in self.months for bar in month.bars}
        return {css: title for css, title in COLUMNS.items() if css in drawn}

    @property
    def rows(self) -> list[tuple[str, list[MonthBar | None]]]:
        """Of the table: one for each month, with an amount or none for each column."""
        return [(month.title, month.amounts(self.columns)) for month in self.months]


def charts_of(figures: Figures, *, chosen: Merchant | None, today: date) -> list[Charts]:
    currencies = sorted(
        {each.currency for each in figures.months} | {each.currency for each in figures.open if each.name in AGES}
    )
    return [
        _charts(
            figures,
            ListsBehind(chosen=chosen, today=today, currency=currency, is_only_currency=len(currencies) == 1),
        )
        for currency in currencies
    ]


def _charts(figures: Figures, behind: ListsBehind) -> Charts:
    return Charts(
        currency=behind.currency,
        months=month_bars(figures, behind=behind),
        ages=age_bars(figures, behind=behind),
        ways=way_bars(figures, behind=behind),
    )
