"""The figures of some merchants together, as home shows them: the kept ones, or fresh ones while they are cheap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Sum

from billing.models import Merchant
from billing.money import ZERO
from invoices.models import FiguresCount, MonthFigure, OpenFigure
from invoices.services.figures.keeping import SMALL
from invoices.services.figures.months import CountedMonth, count_months
from invoices.services.figures.open_rows import Counted, count_open

_MOST_COUNTED_AT_ONCE: Final = 20


@dataclass(frozen=True, kw_only=True)
class OpenFact:
    name: str
    currency: str
    count: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class MonthFact:
    month: date
    kind: str
    method: str
    channel: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`as_of` is when the oldest of them was counted; None for now."""

    open: Sequence[OpenFact]
    months: Sequence[MonthFact]
    as_of: datetime | None

    def sums(self, name: str) -> dict[str, Decimal]:
        """By currency; for what has no amount, empty."""
        found: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for each in self.open:
            if each.name == name and each.currency:
                found[each.currency] += each.amount
        return dict(sorted(found.items()))

    def has_collected(self) -> bool:
        """Whether anybody has paid in the months shown."""
        return any(each.kind == MonthFigure.Kind.COLLECTED for each in self.months)

    def count(self, name: str) -> int:
        return sum(each.count for each in self.open if each.name == name)


def read_figures(*, merchants: Iterable[Merchant], now: datetime) -> Figures:
    """Of all these merchants together: counted now while they are few and small, else as they were counted last."""
    chosen = list(merchants)
    ids = [merchant.pk for merchant in chosen]
    counts = list(FiguresCount.objects.filter(merchant__in=ids))
    is_few = len(chosen) <= _MOST_COUNTED_AT_ONCE and sum(count.open_rows for count in counts) < SMALL
    if is_few:
        return _fresh(chosen, now)
    return Figures(
        open=_kept_open(ids), months=_kept_months(ids), as_of=min((count.counted_at for count in counts), default=None)
    )


def _kept_open(ids: list[int]) -> list[OpenFact]:
    rows = OpenFigure.objects.filter(merchant__in=ids).values("name", "currency").order_by("name", "currency")
    return [OpenFact(**each) for each in rows.annotate(count=Sum("count"), amount=Sum("amount"))]


def _kept_months(ids: list[int]) -> list[MonthFact]:
    ways = ("month", "kind", "method", "channel", "currency")
    rows = MonthFigure.objects.filter(merchant__in=ids).values(*ways).order_by(*ways)
    return [MonthFact(**each) for each in rows.annotate(amount=Sum("amount"))]


def _fresh(merchants: Sequence[Merchant], now: datetime) -> Figures:
    by_zone: dict[str, list[Merchant]] = defaultdict(list)
    for merchant in merchants:
        by_zone[merchant.time_zone].append(merchant)
    found: list[OpenFact] = []
    months: list[MonthFact] = []
    for zone, together in by_zone.items():
        ids, today = [merchant.pk for merchant in together], together[0].local_date(now)
        clock = ZoneInfo(zone)
        found += [_open_fact(each) for each in count_open(merchant_ids=ids, today=today, zone=clock)]
        months += [_month_fact(each) for each in count_months(merchant_ids=ids, today=today, zone=clock)]
    return Figures(open=found, months=months, as_of=None)


def _open_fact(each: Counted) -> OpenFact:
    return OpenFact(name=each.name, currency=each.currency, count=each.count, amount=each.amount)


def _month_fact(each: CountedMonth) -> MonthFact:
    return MonthFact(
        month=each.month,
        kind=each.kind,
        method=each.method,
        channel=each.channel,
        currency=each.currency,
        amount=each.amount,
    )
