"""
Keeping the figures of home: which merchants are due to be counted again, and writing down what was counted.

Nothing depends on them but what home shows: they are made from the rows, and may be dropped at any time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from billing.models import Event, Merchant
from invoices.models import FiguresCount, MonthFigure, OpenFigure
from invoices.services.collecting import heaviest_customers
from invoices.services.figures.months import CountedMonth, count_months
from invoices.services.figures.open_rows import AGES, Counted, count_open

logger = logging.getLogger(__name__)

# With fewer open rows than this, counting at each view costs less than being out of date.
SMALL: Final = 5_000
_AGAIN_AFTER: Final = timedelta(minutes=1)
_LARGE_AGAIN_AFTER: Final = timedelta(minutes=5)
_ANYWAY_AFTER: Final = timedelta(hours=1)  # makes up for what no event tells
_NEWEST_EVENTS: Final = 100_000


def keep_figures(*, now: datetime, seconds: float) -> int:
    """
    Count the merchants that are due, for about so long; how many were.

    Twice or beside itself it writes the same: of two counts the one that began later stays.
    """
    ends_at, counted = time.monotonic() + seconds, 0
    for merchant in due_to_be_counted(now=now):
        if time.monotonic() > ends_at:
            break
        try:
            count_figures(merchant=merchant, now=now)
            counted += 1
        except Exception:  # one merchant's trouble is not another's
            logger.exception("merchant %s: counting failed", merchant.pk)
    return counted


def due_to_be_counted(*, now: datetime) -> list[Merchant]:
    """Those never counted first, then the ones counted longest ago."""
    counts = {count.merchant_id: count for count in FiguresCount.objects.all()}
    changed = _last_events(counts.values())
    due = [
        merchant
        for merchant in Merchant.objects.filter(is_active=True)
        if _is_due(merchant, counts.get(merchant.pk), changed.get(merchant.pk, 0), now)
    ]
    return sorted(due, key=lambda merchant: (merchant.pk in counts, _since(counts.get(merchant.pk))))


def count_figures(*, merchant: Merchant, now: datetime) -> None:
    """Count one merchant's rows and keep what was found, unless a later count is kept already."""
    today, last_event = merchant.local_date(now), Event.objects.aggregate(last=Max("pk"))["last"] or 0
    before = FiguresCount.objects.filter(merchant=merchant).first()
    zone = ZoneInfo(merchant.time_zone)
    found = count_open(merchant_ids=[merchant.pk], today=today, zone=zone)
    with_months = before is None or before.on_date != today or before.months_counted_at <= now - _ANYWAY_AFTER
    months = count_months(merchant_ids=[merchant.pk], today=today, zone=zone) if with_months else None
    open_rows = sum(each.count for each in found if each.name in AGES)
    values = {
        "counted_at": now,
        "on_date": today,
        "last_event_id": last_event,
        "open_rows": open_rows,
        "heaviest_customers": heaviest_customers(merchant=merchant, today=today) if open_rows >= SMALL else None,
        "months_counted_at": now if with_months or before is None else before.months_counted_at,
    }
    _keep(merchant, values, found, months, now=now)


@transaction.atomic
def _keep(
    merchant: Merchant,
    values: Mapping[str, Any],
    found: Iterable[Counted],
    months: Iterable[CountedMonth] | None,
    *,
    now: datetime,
) -> None:
    """:param months: None where those that are kept stay"""
    kept, is_new = FiguresCount.objects.select_for_update().get_or_create(merchant=merchant, defaults=values)
    if not is_new and kept.counted_at >= now:
        return
    FiguresCount.objects.filter(merchant=merchant).update(**values)
    OpenFigure.objects.filter(merchant=merchant).delete()
    OpenFigure.objects.bulk_create(OpenFigure(**vars(each)) for each in found)
    if months is not None:
        MonthFigure.objects.filter(merchant=merchant).delete()
        MonthFigure.objects.bulk_create(MonthFigure(**vars(each)) for each in months)


def _last_events(counts: Iterable[FiguresCount]) -> dict[int, int]:
    """Of the newest events, each merchant's last: older ones are made up for by the count that comes anyway."""
    newest = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    oldest_seen = min((count.last_event_id for count in counts), default=newest)
    rows = Event.objects.filter(pk__gt=max(oldest_seen, newest - _NEWEST_EVENTS))
    return dict(rows.order_by().values_list("merchant_id").annotate(last=Max("pk")))


def _is_due(merchant: Merchant, count: FiguresCount | None, last_event: int, now: datetime) -> bool:
    if count is None or count.on_date != merchant.local_date(now) or count.counted_at <= now - _ANYWAY_AFTER:
        return True
    again_after = _AGAIN_AFTER if count.open_rows < SMALL else _LARGE_AGAIN_AFTER
    return last_event > count.last_event_id and count.counted_at <= now - again_after


def _since(count: FiguresCount | None) -> float:
    return count.counted_at.timestamp() if count else 0
