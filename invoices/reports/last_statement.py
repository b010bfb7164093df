"""The gateway's last statement, and the days with which the reports on statements begin."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Max, Min
from django.db.models.functions import Coalesce

from billing.models import Merchant
from invoices.models import GatewayStatement
from invoices.reports.spans import MOST_DAYS, Days


def last_statement(merchant: Merchant, *, currency: str | None) -> GatewayStatement | None:
    """The one imported last: of that currency, or of any where none is named."""
    statements = GatewayStatement.objects.filter(merchant=merchant, withdrawn_at=None)
    return (statements.filter(currency=currency) if currency else statements).order_by("-id").first()


def days_paid(statement: GatewayStatement) -> Days:
    return _shortened(statement.first_day, statement.last_day)


def days_paid_out(statement: GatewayStatement) -> Days:
    """Of its payouts, which may come long after its payments; what names none counts on the day it was paid."""
    day = Coalesce("payout_on", "paid_on")
    days = statement.lines.counted().aggregate(first=Min(day), last=Max(day))
    return _shortened(days["first"] or statement.first_day, days["last"] or statement.last_day)


def _shortened(first: date, last: date) -> Days:
    """To what one report can show."""
    return max(first, last - timedelta(days=MOST_DAYS - 1)), last
