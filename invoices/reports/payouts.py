"""What the gateway collected, kept and paid out, as its statements say: by payout, and by month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.translation import gettext_lazy as _

from billing.money import ZERO
from invoices.models import GatewayStatementLine
from invoices.reports.spans import Span
from invoices.reports.tables import Chart, Column, Kind, Listed, Report, Value

LINES: Final = "invoices_gatewaystatementline"
_COLUMNS: Final = (
    Column(title=_("Lines"), kind=Kind.COUNT),
    Column(title=_("Gross")),
    Column(title=_("Fees")),
    Column(title=_("Net")),
    Column(title=_("Fee rate"), kind=Kind.PERCENT),
)
_LEFT_OUT: Final = _("Lines that were stated before, or are another account's, are left out.")


@dataclass(frozen=True)
class Sums:
    """What some lines add up to."""

    lines: int = 0
    gross: Decimal = ZERO
    fee: Decimal = ZERO
    net: Decimal = ZERO

    def __add__(self, other: Sums) -> Sums:
        together = (self.lines + other.lines, self.gross + other.gross, self.fee + other.fee, self.net + other.net)
        return Sums(*together)

    @property
    def cells(self) -> tuple[Value, ...]:
        return (self.lines, self.gross, self.fee, self.net, fee_rate(self.gross, self.fee))


def payouts(span: Span) -> Report:
    """Each payout of these days, in two queries; what names none counts on the day it was paid."""
    days = (span.from_date, span.to_date)
    lines = _lines(span).filter(Q(payout_on__range=days) | Q(payout_on=None, paid_on__range=days))
    ordered = lines.order_by(F("payout_on").asc(nulls_last=True), "payout_reference")
    found = [(key[0], key[1], sums) for key, sums in _sums(ordered, "payout_reference", "payout_on")]
    on_day = lines.annotate(day=Coalesce("payout_on", "paid_on")).order_by("day")
    by_day = {key[0]: sums for key, sums in _sums(on_day, "day")}
    return Report(
        columns=(Column(title=_("Payout"), kind=Kind.TEXT), Column(title=_("Paid out on"), kind=Kind.DAY), *_COLUMNS),
        rows=[(_listed(span, reference, day), day, *sums.cells) for reference, day, sums in found],
        chart=_chart(list(by_day), list(by_day.values()), Kind.DAY),
        notes=(*_rate_of_all(sums for _reference, _day, sums in found), _LEFT_OUT),
    )


def gateway_fees(span: Span) -> Report:
    """By the month in which customers paid, in one query."""
    lines = _lines(span).filter(paid_on__range=(span.from_date, span.to_date)).annotate(month=TruncMonth("paid_on"))
    by_month = {key[0]: sums for key, sums in _sums(lines.order_by(), "month")}
    found = [(month, by_month.get(month, Sums())) for month in span.months] if by_month else []
    return Report(
        columns=(Column(title=_("Month"), kind=Kind.MONTH), *_COLUMNS),
        rows=[(month, *sums.cells) for month, sums in found],
        chart=_chart([month for month, _sums in found], [sums for _month, sums in found], Kind.MONTH),
        notes=(*_rate_of_all(by_month.values()), _LEFT_OUT),
    )


def fee_rate(gross: Decimal, fee: Decimal) -> Decimal | None:
    """Percent of what was collected; None where nothing was."""
    return (fee * 100 / gross).quantize(Decimal("0.01"), ROUND_HALF_UP) if gross > ZERO else None


def _lines(span: Span) -> QuerySet[GatewayStatementLine]:
    return GatewayStatementLine.objects.counted().filter(merchant=span.merchant, currency=span.currency)


def _sums(lines: QuerySet[Any], *keys: str) -> Iterable[tuple[tuple[Any, ...], Sums]]:
    grouped = lines.values_list(*keys).annotate(
        lines=Count("pk"), gross=Sum("amount"), fees=Sum("fee"), nets=Sum("net")
    )
    for row in grouped:
        yield row[: len(keys)], Sums(*row[len(keys) :])


def _listed(span: Span, reference: str, day: date | None) -> Listed:
    query = {"currency": span.currency, "payout_reference": reference}
    if day is None:
        query |= {"payout_on__isnull": "True"} | days_of(span)
    else:
        query |= {"payout_on": day.isoformat()}
    return Listed(reference or _("Without a payout number"), LINES, query | {"merchant": str(span.merchant.pk)})


def days_of(span: Span) -> dict[str, str]:
    return {"paid_from": span.from_date.isoformat(), "paid_until": span.to_date.isoformat()}


def _chart(labels: list[date], sums: list[Sums], kind: Kind) -> Chart:
    """A day on which more was kept or given back than paid out has no bar."""
    return Chart(
        title=_("Paid out, and kept as fees"),
        labels=labels,
        label_kind=kind,
        series=[
            (_("Net"), [max(each.net, ZERO) for each in sums]),
            (_("Fees"), [max(each.fee, ZERO) for each in sums]),
        ],
    )


def _rate_of_all(found: Iterable[Sums]) -> list[Any]:
    together = sum(found, Sums())
    rate = fee_rate(together.gross, together.fee)
    return [] if rate is None else [_("Altogether the fees are %(rate)s%% of the gross.") % {"rate": rate}]
