"""What was collected: money as it came in, by the merchant's own day, the way it came, and who took it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from billing.models import Channel, User
from billing.money import ZERO
from invoices.models import Payment, Refund
from invoices.reports.spans import Span
from invoices.reports.tables import Chart, Column, Kind, Report, Row, Text, Value

# Money that came from outside; what else settles something was counted when it came.
RECEIVED_BY: Final = (Payment.Method.GATEWAY, Payment.Method.CASH, Payment.Method.TRANSFER)
_MONEY_COLUMNS: Final = (
    Column(title=_("Payments"), kind=Kind.COUNT),
    Column(title=_("Received")),
    Column(title=_("Refunds"), kind=Kind.COUNT),
    Column(title=_("Given back")),
    Column(title=_("Remains")),
)


@dataclass
class Flow:
    """Money in and out under one heading."""

    payments: int = 0
    received: Decimal = ZERO
    refunds: int = 0
    given_back: Decimal = ZERO
    by_method: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    @property
    def cells(self) -> tuple[Value, ...]:
        return (self.payments, self.received, self.refunds, self.given_back, self.received - self.given_back)


def collected_by_day(span: Span) -> Report:
    """Each local day on which money came or went, in two queries."""
    flows = _flows(
        _received(span).annotate(key=TruncDate("received_at", tzinfo=span.zone)),
        _given_back(span).annotate(key=TruncDate("done_at", tzinfo=span.zone)),
    )
    methods = [(method.label, method.value) for method in RECEIVED_BY]
    series = [(label, [flows[day].by_method[method] for day in span.days]) for label, method in methods]
    rows = [
        (day, *(flow.by_method[method] for _label, method in methods), *flow.cells)
        for day in span.days
        if (flow := flows[day]).payments or flow.refunds
    ]
    return Report(
        columns=(
            Column(title=_("Day"), kind=Kind.DAY),
            *(Column(title=label) for label, _method in methods),
            *_MONEY_COLUMNS,
        ),
        rows=rows,
        chart=Chart(title=_("Received by day"), labels=span.days, label_kind=Kind.DAY, series=series),
    )


def collected_by_method(span: Span) -> Report:
    flows = _flows(_received(span).annotate(key=F("method")), _given_back(span).annotate(key=F("method")))
    return _listed(_("Method"), flows, lambda method: Payment.Method(method).label)


def collected_by_channel(span: Span) -> Report:
    """By the channel through which the customer had the invoice; what staff took has none."""
    flows = _flows(
        _received(span).annotate(key=F("invoice__channel")),
        _given_back(span).annotate(key=F("payment__invoice__channel")),
    )
    return _listed(_("Channel"), flows, lambda channel: Channel(channel).label if channel else _("At the counter"))


def collected_by_user(span: Span) -> Report:
    """By who recorded the money, and who gave it back; what came through a payment link nobody recorded."""
    flows = _flows(_received(span).annotate(key=F("recorded_by")), _given_back(span).annotate(key=F("done_by")))
    users = User.objects.in_bulk([pk for pk in flows if pk is not None])
    return _listed(_("Person"), flows, lambda pk: users[pk].display_name if pk else _("Payment link"))


def _received(span: Span) -> QuerySet[Payment]:
    return Payment.objects.filter(
        merchant=span.merchant,
        currency=span.currency,
        method__in=RECEIVED_BY,
        received_at__gte=span.begins_at,
        received_at__lt=span.ends_at,
    ).order_by()


def _given_back(span: Span) -> QuerySet[Refund]:
    return Refund.objects.filter(
        merchant=span.merchant,
        status=Refund.Status.DONE,
        payment__currency=span.currency,
        done_at__gte=span.begins_at,
        done_at__lt=span.ends_at,
    ).order_by()


def _flows(payments: QuerySet[Any], refunds: QuerySet[Any]) -> dict[Any, Flow]:
    """Both annotated with the `key` they are told under."""
    flows: dict[Any, Flow] = defaultdict(Flow)
    for key, method, count, amount in _sums(payments.values_list("key", "method")):
        flow = flows[key]
        flow.payments += count
        flow.received += amount
        flow.by_method[method] += amount
    for key, count, amount in _sums(refunds.values_list("key")):
        flows[key].refunds += count
        flows[key].given_back += amount
    return flows


def _sums(grouped: QuerySet[Any, Any]) -> Iterable[Any]:
    yield from grouped.annotate(rows=Count("pk"), total=Sum("amount"))


def _listed(title: Text, flows: dict[Any, Flow], named: Callable[[Any], Text]) -> Report:
    """The most money first."""
    ordered = sorted(flows.items(), key=lambda item: (-item[1].received, str(item[0])))
    rows: list[Row] = [(named(key), *flow.cells) for key, flow in ordered]
    labels = [str(row[0]) for row in rows]
    received = [flow.received for _key, flow in ordered]
    return Report(
        columns=(Column(title=title, kind=Kind.TEXT), *_MONEY_COLUMNS),
        rows=rows,
        chart=Chart(title=_("Received"), labels=labels, label_kind=Kind.TEXT, series=[(_("Received"), received)]),
    )
