"""What came in on the day it is for each merchant: few enough rows to be counted as somebody looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum

from billing.midnights import midnight
from billing.models import Merchant
from invoices.models import Payment


@dataclass(frozen=True, kw_only=True)
class CollectedFact:
    method: str
    currency: str
    count: int
    amount: Decimal


def count_collected_today(*, merchants: Iterable[Merchant], now: datetime) -> list[CollectedFact]:
    """
    By method and currency, in one statement; each merchant's day begins at its own midnight.

    Later refunds are not taken off. Read by `payment_listed`, so it costs what came in today, not what ever came in.
    """
    by_zone: dict[str, list[int]] = defaultdict(list)
    for merchant in merchants:
        by_zone[merchant.time_zone].append(merchant.pk)
    if not by_zone:
        return []
    days = [Q(merchant__in=ids, received_at__gte=_last_midnight(ZoneInfo(zone), now)) for zone, ids in by_zone.items()]
    rows = Payment.objects.filter(reduce(or_, days)).order_by("currency", "method").values("currency", "method")
    return [CollectedFact(**each) for each in rows.annotate(count=Count("pk"), amount=Sum("amount"))]


def _last_midnight(zone: ZoneInfo, now: datetime) -> datetime:
    return midnight(now.astimezone(zone).date(), zone)
