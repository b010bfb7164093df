"""Twelve months of some merchants, counted from the rows: what fell due, and what came in by which way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Count, DateField, F, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth

from billing.midnights import midnight
from billing.models import Bill
from invoices.models import MonthFigure, Payment
from subscriptions.models import Installment

MONTHS: Final = 12
_ASKED_FOR: Final = (Installment.Status.INVOICED, Installment.Status.PAID)


class Owed(StrEnum):
    """What fell due, as the `method` of its figure: two lists of the office, so two figures."""

    BILL = "BILL"
    INSTALLMENT = "PLAN"


@dataclass(frozen=True, kw_only=True)
class CountedMonth:
    merchant_id: int
    month: date
    kind: str
    method: str
    channel: str
    currency: str
    count: int
    amount: Decimal


def months_until(today: date, *, count: int = MONTHS) -> list[date]:
    """The first days of so many months, the one of `today` last."""
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)]


def count_months(*, merchant_ids: Sequence[int], today: date, zone: ZoneInfo) -> list[CountedMonth]:
    """
    One row for each merchant, month, way and currency that has any, in two statements.

    What fell due, as `Owed`: bills that were not cancelled and installments that were asked for, by their due date.
    What came in: every payment, by the day it was on the merchants' clock; later refunds are not taken off.
    """
    since, ids = months_until(today)[0], list(merchant_ids)
    return [*_billed(ids, since, months_until(today)[-1]), *_collected(ids, since, zone)]


def _billed(ids: list[int], since: date, last: date) -> list[CountedMonth]:
    end = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    of_days = {"merchant__in": ids, "due_date__gte": since, "due_date__lt": end}
    bills = Bill.objects.filter(status__in=[Bill.Status.PENDING, Bill.Status.PAID], **of_days)
    installments = Installment.objects.filter(status__in=_ASKED_FOR, **of_days)
    both = _by_month(bills, Owed.BILL, "currency").union(
        _by_month(installments, Owed.INSTALLMENT, "subscription__currency"), all=True
    )
    return [
        CountedMonth(
            merchant_id=merchant_id,
            month=month,
            kind=MonthFigure.Kind.BILLED,
            method=owed,
            channel="",
            currency=currency,
            count=count,
            amount=amount,
        )
        for merchant_id, month, owed, currency, count, amount in both
    ]


def _by_month(rows: QuerySet[Any], owed: Owed, currency: str) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            of_month=TruncMonth("due_date"),
            owed=Case(When(pk__isnull=False, then=Value(owed.value)), output_field=CharField()),
            of_currency=F(currency),
        )
        .values_list("merchant_id", "of_month", "owed", "of_currency")
        .annotate(rows=Count("pk"), total=Sum("amount"))
    )
    return found


def _collected(ids: list[int], since: date, zone: ZoneInfo) -> list[CountedMonth]:
    channel = Case(
        When(method=Payment.Method.GATEWAY, then=F("invoice__channel")), default=Value(""), output_field=CharField()
    )
    found = (
        Payment.objects.filter(merchant__in=ids, received_at__gte=midnight(since, zone))
        .order_by()
        .annotate(of_month=TruncMonth("received_at", tzinfo=zone, output_field=DateField()), of_channel=channel)
        .values_list("merchant_id", "of_month", "method", "of_channel", "currency")
        .annotate(rows=Count("pk"), total=Sum("amount"))
    )
    return [
        CountedMonth(
            merchant_id=merchant_id,
            month=month,
            kind=MonthFigure.Kind.COLLECTED,
            method=method,
            channel=of_channel or "",
            currency=currency,
            count=count,
            amount=amount,
        )
        for merchant_id, month, method, of_channel, currency, count, amount in found
    ]
