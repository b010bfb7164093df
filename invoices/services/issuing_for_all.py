"""Issuing for every merchant that has something due: who that is, and in which groups."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from billing.chunks import in_chunks
from billing.models import Bill, Merchant
from invoices.models import Invoice
from invoices.services.issuing import issue_due
from subscriptions.models import Installment, Subscription
from subscriptions.services import extend_open_ended

logger = logging.getLogger(__name__)

MERCHANTS_TOGETHER: Final = 50
# From so many due installments on, several workers share a merchant.
SHARED_FROM: Final = 5_000


def issue_for_all(
    *,
    now: datetime,
    as_of: date | None = None,
    username: str | None = None,
    ids: Iterable[int] | None = None,
    seconds: float | None = None,
) -> int:
    """
    Extend open-ended plans and invoice what is due, merchant by merchant; how many invoices that made.

    :param ids: only these merchants
    :param seconds: stop after about as long; what is left stays due
    """
    merchants = merchants_with_work(now=now, as_of=as_of)
    if username is not None:
        merchants = merchants.filter(username=username)
    if ids is not None:
        merchants = merchants.filter(pk__in=list(ids))
    ends_at = None if seconds is None else time.monotonic() + seconds
    issued = 0
    for merchant in merchants:
        left = None if ends_at is None else ends_at - time.monotonic()
        if left is not None and left <= 0:
            break
        try:
            half = None if left is None else left / 2  # what is due today shall not wait for what is due in a year
            extend_open_ended(merchant=merchant, horizon=settings.OPEN_ENDED_HORIZON, now=now, seconds=half)
            left = None if ends_at is None else ends_at - time.monotonic()
            issued += issue_due(merchant=merchant, now=now, as_of=as_of, seconds=left)
        except Exception:  # one merchant's trouble is not another's
            logger.exception("merchant %s: issuing failed", merchant.pk)
    return issued


def groups_to_issue(
    *, now: datetime, workers: int, together: int = MERCHANTS_TOGETHER, shared_from: int = SHARED_FROM
) -> list[list[int]]:
    """
    The merchants with work, so many together as one message should carry.

    One with very many due installments is a group of its own, once for each of so many workers: they share its rows.
    """
    ids = list(merchants_with_work(now=now).values_list("pk", flat=True))
    due = Installment.objects.due_for_invoicing(until=now.date())
    counts = due.values("merchant").order_by().annotate(count=Count("pk")).filter(count__gte=shared_from)
    large = set(counts.values_list("merchant", flat=True)).intersection(ids)
    small = [merchant_id for merchant_id in ids if merchant_id not in large]
    groups = [list(some) for some in in_chunks(small, together)]
    return groups + [[merchant_id] for merchant_id in sorted(large) for _ in range(workers)]


def merchants_with_work(*, now: datetime, as_of: date | None = None) -> QuerySet[Merchant]:
    """
    The merchants worth visiting: with something to invoice, a plan to extend, or invoices without an account.

    Generous by a day and by the longest lead any merchant has, because "today" differs between time zones; what is
    really due is decided merchant by merchant.
    """
    active = Merchant.objects.filter(is_active=True)
    days_ahead = active.aggregate(most=Max("issue_days_ahead"))["most"] or 0
    latest = (as_of or now.date()) + timedelta(days=days_ahead + 1)
    behind = now.date() + settings.OPEN_ENDED_HORIZON
    of_merchant = {"merchant": OuterRef("pk")}
    without_account = Q(gateway_account=None) | Q(gateway_account__replaced_at__isnull=False)
    waiting = Invoice.objects.live().filter(without_account, delivery=Invoice.Delivery.NEW)
    return active.filter(
        Exists(Bill.objects.never_invoiced().filter(**of_merchant))
        | Exists(Installment.objects.due_for_invoicing(until=latest).filter(**of_merchant))
        | Exists(Subscription.objects.open_ended_and_active().filter(scheduled_until__lte=behind, **of_merchant))
        | Exists(waiting.filter(**of_merchant))
    )
