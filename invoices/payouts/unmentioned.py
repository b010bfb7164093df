"""Payments through the gateway that none of its statements mentions."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from invoices.models import GatewayStatement, GatewayStatementLine, Payment

# A payment of late in the evening, or of a weekend, stands among those of the next days.
DAYS_TO_APPEAR: Final = 3


def mentioned(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    return payments.filter(method=Payment.Method.GATEWAY).filter(_LINE)


def missing(payments: QuerySet[Payment], zone: ZoneInfo) -> QuerySet[Payment]:
    """A statement goes on for days after it, and none has it. What came before the first statement is not meant."""
    return _unmentioned(payments, zone).filter(_GOES_BEYOND)


def awaited(payments: QuerySet[Payment], zone: ZoneInfo) -> QuerySet[Payment]:
    """No statement goes on for days after it, so that it may stand in the next."""
    return _unmentioned(payments, zone).exclude(_GOES_BEYOND)


def _unmentioned(payments: QuerySet[Payment], zone: ZoneInfo) -> QuerySet[Payment]:
    later = ExpressionWrapper(F("received_at") + timedelta(days=DAYS_TO_APPEAR), output_field=DateTimeField())
    stated = payments.filter(method=Payment.Method.GATEWAY).exclude(_LINE)
    days = {"local_day": TruncDate("received_at", tzinfo=zone), "stated_by": TruncDate(later, tzinfo=zone)}
    return stated.annotate(**days).filter(_HAS_BEGUN)


_LINE: Final = Exists(GatewayStatementLine.objects.filter(merchant=OuterRef("merchant"), payment=OuterRef("pk")))
_STATEMENTS: Final = GatewayStatement.objects.filter(
    merchant=OuterRef("merchant"), currency=OuterRef("currency"), withdrawn_at=None
)
_HAS_BEGUN: Final = Exists(_STATEMENTS.filter(first_day__lte=OuterRef("local_day")))
_GOES_BEYOND: Final = Exists(_STATEMENTS.filter(last_day__gte=OuterRef("stated_by")))
