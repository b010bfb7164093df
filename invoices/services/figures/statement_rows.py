"""What the gateway's statements leave open: lines that agree with nothing here, and payments they do not mention."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case, F, QuerySet, Value, When

from billing.midnights import midnight
from invoices.models import GatewayStatement, GatewayStatementLine, OpenFigure, Payment
from invoices.payouts.unmentioned import missing
from invoices.services.figures.grouping import part

Name = OpenFigure.Name
_LEFT_OUT_SINCE: Final = timedelta(days=92)
_FINDINGS: Final = {
    GatewayStatementLine.Finding.UNKNOWN: Name.LINES_UNKNOWN,
    GatewayStatementLine.Finding.AMOUNT_DIFFERS: Name.LINES_AMOUNT_DIFFERS,
    GatewayStatementLine.Finding.NET_DIFFERS: Name.LINES_NET_DIFFERS,
}


def first_day_left_out(today: date) -> date:
    """Payments of before are no work of today, and the list of all that no statement mentions is long to make."""
    return today - _LEFT_OUT_SINCE


def parts_of_statements(ids: list[int], today: date, zone: ZoneInfo) -> Iterator[QuerySet[Any, Any]]:
    lines = GatewayStatementLine.objects.filter(merchant__in=ids, finding__in=list(_FINDINGS))
    finding = Case(*(When(finding=found, then=Value(name)) for found, name in _FINDINGS.items()))
    yield part(lines, finding, "currency", F("amount"))
    with_statements = GatewayStatement.objects.filter(merchant__in=ids, withdrawn_at=None).values("merchant")
    since = midnight(first_day_left_out(today), zone)
    payments = Payment.objects.filter(merchant__in=with_statements, received_at__gte=since)
    yield part(missing(payments, zone), Value(Name.PAYMENTS_LEFT_OUT), "currency", F("amount"))
