"""The gateway's statements and our payments side by side: what agrees, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing.day_text import format_short_day
from billing.money import ZERO
from invoices.models import GatewayStatement, GatewayStatementLine, Payment
from invoices.payouts.unmentioned import awaited, missing
from invoices.reports.payouts import LINES, days_of
from invoices.reports.spans import Span
from invoices.reports.tables import Chart, Column, Kind, Listed, Report, Row, Text

Finding = GatewayStatementLine.Finding
_NOTES: Final = (
    _("By the day on which the customer paid. The difference is what the gateway states, less what is recorded here."),
    _("Payments are missing when a statement goes on for three days after them and none has them."),
)


def reconciliation(span: Span) -> Report:
    """Every finding with its number and sum, and the payments that no statement has, in five queries."""
    rows = [*_stated(span), *_unstated(span)]
    return Report(
        columns=(
            Column(title=_("What was found"), kind=Kind.TEXT),
            Column(title=_("How many"), kind=Kind.COUNT, is_summed=False),
            Column(title=_("Sum"), is_summed=False),
            Column(title=_("Difference"), is_summed=False),
        ),
        rows=rows,
        chart=Chart(
            title=_("Sum of what was found"),
            labels=[str(row[0]) for row in rows],
            label_kind=Kind.TEXT,
            series=[(_("Sum"), [abs(row[2]) if isinstance(row[2], Decimal) else ZERO for row in rows])],
        ),
        notes=(*_reach(span), *_NOTES),
    )


def _stated(span: Span) -> Iterator[Row]:
    lines = GatewayStatementLine.objects.filter(
        merchant=span.merchant, currency=span.currency, paid_on__range=(span.from_date, span.to_date)
    ).order_by()
    found = {
        finding: (number, gross, gross - (paid or ZERO) + (refunded or ZERO))
        for finding, number, gross, paid, refunded in lines.values_list("finding").annotate(
            number=Count("pk"), gross=Sum("amount"), paid=Sum("payment__amount"), refunded=Sum("refund__amount")
        )
    }
    for finding in (Finding.MATCHED, *(each for each in Finding if each != Finding.MATCHED)):
        if finding in found:
            query = {"finding": finding.value, "currency": span.currency, "merchant": str(span.merchant.pk)}
            number, gross, difference = found[finding]
            yield (
                Listed(finding.label, LINES, query | days_of(span)),
                number,
                gross,
                difference if finding == Finding.AMOUNT_DIFFERS else None,
            )


def _unstated(span: Span) -> Iterator[Row]:
    payments = Payment.objects.filter(
        merchant=span.merchant,
        currency=span.currency,
        received_at__gte=span.begins_at,
        received_at__lt=span.ends_at,
    ).order_by()
    wanted: list[tuple[Text, str, QuerySet[Any]]] = [
        (_("Payments that no statement mentions"), "missing", missing(payments, span.zone)),
        (_("Payments that the next statement should mention"), "awaited", awaited(payments, span.zone)),
    ]
    days = {"when_from": span.from_date.isoformat(), "when_until": span.to_date.isoformat()}
    for title, value, found in wanted:
        sums = found.aggregate(number=Count("pk"), amount=Sum("amount"))
        if sums["number"]:
            query = {"stated": value, "currency": span.currency, "merchant": str(span.merchant.pk)} | days
            yield (Listed(title, "invoices_payment", query), sums["number"], sums["amount"], None)


def _reach(span: Span) -> list[Text]:
    """From when until when there are statements at all."""
    statements = GatewayStatement.objects.filter(merchant=span.merchant, currency=span.currency, withdrawn_at=None)
    days: dict[str, date | None] = statements.aggregate(first=Min("first_day"), last=Max("last_day"))
    language = get_language() or "en"
    texts = {name: format_short_day(day, language) for name, day in days.items() if day is not None}
    if not texts:
        return [_("No statement of the gateway was imported yet.")]
    return [_("Statements begin with %(first)s and reach until %(last)s.") % texts]
