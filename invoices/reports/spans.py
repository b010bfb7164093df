"""What a report is about: one merchant, one currency, the merchant's own days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from billing.errors import DomainError
from billing.models import Customer, Merchant
from subscriptions.schedules import months_later

MOST_DAYS: Final = 731
Days = tuple[date, date]


class SpanTooLong(DomainError):
    code = "SPAN_TOO_LONG"
    message = gettext_noop("A report covers at most 24 months. Choose days closer together.")


class SpanEndsBeforeItBegins(DomainError):
    code = "SPAN_ENDS_BEFORE_IT_BEGINS"
    message = gettext_noop("The last day lies before the first. Change one of them.")


@dataclass(frozen=True, kw_only=True)
class Span:
    """
    :param from_date: local days, both of them included
    :param today: the merchant's own day
    :param customer: of this merchant, where it is about one alone
    :raises SpanTooLong: beyond 24 months
    :raises SpanEndsBeforeItBegins:
    """

    merchant: Merchant
    currency: str
    from_date: date
    to_date: date
    today: date
    customer: Customer | None = None

    def __post_init__(self) -> None:
        if self.to_date < self.from_date:
            raise SpanEndsBeforeItBegins
        if (self.to_date - self.from_date).days >= MOST_DAYS:
            raise SpanTooLong

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.merchant.time_zone)

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.from_date, time(), self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.to_date + timedelta(days=1), time(), self.zone)

    @property
    def days(self) -> list[date]:
        count = (self.to_date - self.from_date).days + 1
        return [self.from_date + timedelta(days=number) for number in range(count)]

    @property
    def months(self) -> list[date]:
        """The first day of every month it touches."""
        return months_between(self.from_date, self.to_date)


def months_between(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [months_later(first, number, 1) for number in range(count)]


def end_of_month(month: date) -> date:
    return months_later(month, 1, 1) - timedelta(days=1)
