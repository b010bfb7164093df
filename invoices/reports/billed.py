"""What was billed: by the month in which it fell due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from billing.models import Bill
from billing.money import ZERO
from invoices.reports.spans import Span
from invoices.reports.tables import Chart, Column, Kind, Report
from subscriptions.models import Installment


def billed_by_month(span: Span) -> Report:
    """Bills that were not cancelled and installments that were asked for, as on customers' statements; two queries."""
    days = {"due_date__range": (span.from_date, span.to_date), "merchant": span.merchant}
    bills = _by_month(Bill.objects.filter(**days, currency=span.currency).exclude(status=Bill.Status.CANCELLED))
    installments = _by_month(
        Installment.objects.filter(
            **days,
            subscription__currency=span.currency,
            status__in=[Installment.Status.INVOICED, Installment.Status.PAID],
        )
    )
    nothing = (0, ZERO)
    found = [(month, bills.get(month, nothing), installments.get(month, nothing)) for month in span.months]
    return Report(
        columns=(
            Column(title=_("Month"), kind=Kind.MONTH),
            Column(title=_("Bills"), kind=Kind.COUNT),
            Column(title=_("Billed by bills")),
            Column(title=_("Installments"), kind=Kind.COUNT),
            Column(title=_("Billed by installments")),
            Column(title=_("Billed together")),
        ),
        rows=[
            (month, *of_bills, *of_installments, of_bills[1] + of_installments[1])
            for month, of_bills, of_installments in found
        ],
        chart=Chart(
            title=_("Billed by month"),
            labels=span.months,
            label_kind=Kind.MONTH,
            series=[
                (_("Bills"), [of_bills[1] for _month, of_bills, _other in found]),
                (_("Installments"), [of_installments[1] for _month, _other, of_installments in found]),
            ],
        ),
    )


def _by_month(rows: QuerySet[Any]) -> dict[date, tuple[int, Decimal]]:
    grouped = rows.order_by().annotate(month=TruncMonth("due_date")).values_list("month")
    return {month: (count, total) for month, count, total in grouped.annotate(rows=Count("pk"), total=Sum("amount"))}
