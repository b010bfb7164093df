"""What was billed: by the month in which it fell due."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
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
    found = [(month, bills[month], installments[month]) for month in span.months]
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


def _by_month(rows: QuerySet[Any]) -> defaultdict[date, tuple[int, Decimal]]:
    """Added up by day: to find the month of each of a million days takes the database longer than to add them up."""
    of_month: defaultdict[date, tuple[int, Decimal]] = defaultdict(lambda: (0, ZERO))
    by_day = rows.order_by().values_list("due_date").annotate(rows=Count("pk"), total=Sum("amount"))
    for day, count, total in by_day:
        month = day.replace(day=1)
        so_far = of_month[month]
        of_month[month] = (so_far[0] + count, so_far[1] + total)
    return of_month
