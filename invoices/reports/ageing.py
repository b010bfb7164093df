"""How old what is owed is today: bills, and installments that were asked for, by how late they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import BigIntegerField, Case, Count, F, IntegerField, Model, QuerySet, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from billing.models import Bill, Customer
from billing.money import ZERO, from_thousandths
from invoices.reports.spans import Span
from invoices.reports.tables import Chart, Column, Kind, Report, Row, Text
from subscriptions.models import Installment

# Each with the most days of lateness it holds; the last holds the rest.
AGES: Final[tuple[tuple[Text, int | None], ...]] = (
    (_("Not due yet"), 0),
    (_("1 to 30 days late"), 30),
    (_("31 to 60 days late"), 60),
    (_("61 to 90 days late"), 90),
    (_("More than 90 days late"), None),
)
MOST_CUSTOMERS: Final = 100
_TITLES: Final = [title for title, _most in AGES]


def ageing(span: Span) -> Report:
    """By age, in two queries; what is due today is not late yet."""
    bills = {age: (rows, owed) for age, rows, owed in _by_age(_owed_bills(span), span.today, "age")}
    installments = {age: (rows, owed) for age, rows, owed in _by_age(_owed_installments(span), span.today, "age")}
    nothing = (0, ZERO)
    found = [(bills.get(age, nothing), installments.get(age, nothing)) for age in range(len(AGES))]
    return Report(
        columns=(
            Column(title=_("Age"), kind=Kind.TEXT),
            Column(title=_("Bills"), kind=Kind.COUNT),
            Column(title=_("Owed for bills")),
            Column(title=_("Installments"), kind=Kind.COUNT),
            Column(title=_("Owed for installments")),
            Column(title=_("Owed together")),
        ),
        rows=[
            (title, *of_bills, *of_installments, of_bills[1] + of_installments[1])
            for title, (of_bills, of_installments) in zip(_TITLES, found, strict=True)
        ],
        chart=Chart(
            title=_("Owed by age"),
            labels=[str(title) for title in _TITLES],
            label_kind=Kind.TEXT,
            series=[
                (_("Bills"), [of_bills[1] for of_bills, _other in found]),
                (_("Installments"), [of_installments[1] for _other, of_installments in found]),
            ],
        ),
    )


def ageing_by_customer(span: Span, most_customers: int = MOST_CUSTOMERS) -> Report:
    """Who owes the most, with what all the others owe in one line, in three queries."""
    ages = _ages_of_customers(span)
    ordered = sorted(ages, key=lambda customer_id: (-sum(ages[customer_id]), customer_id))
    named, others = ordered[:most_customers], ordered[most_customers:]
    names = Customer.objects.filter(merchant=span.merchant).in_bulk(named)
    lines: list[Row] = [(names[pk].name, names[pk].phone, *_amounts(ages[pk])) for pk in named]
    if others:
        together = [sum(each) for each in zip(*(ages[pk] for pk in others), strict=True)]
        lines.append((_("%(count)s others") % {"count": len(others)}, "", *_amounts(together)))
    return Report(
        columns=(
            Column(title=_("Customer"), kind=Kind.TEXT),
            Column(title=_("Phone"), kind=Kind.PHONE),
            *(Column(title=title) for title in _TITLES),
            Column(title=_("Owed together")),
        ),
        rows=lines,
        chart=Chart(
            title=_("Owed by those who owe the most"),
            labels=[names[pk].name for pk in named],
            label_kind=Kind.TEXT,
            series=[(_("Owed together"), [from_thousandths(sum(ages[pk])) for pk in named])],
        ),
    )


def _ages_of_customers(span: Span) -> dict[int, list[int]]:
    """Thousandths by age: a large merchant has a hundred thousand of them, too many Decimals for one page."""
    ages: dict[int, list[int]] = defaultdict(lambda: [0] * len(AGES))
    owed = Sum(F("amount") - F("amount_paid"), output_field=BigIntegerField())
    for rows, customer in ((_owed_bills(span), "customer"), (_owed_installments(span), "subscription__customer")):
        by_age = rows.annotate(age=_age(span.today)).values_list(customer, "age").annotate(owed=owed)
        for customer_id, age, thousandths in by_age:
            ages[customer_id][age] += int(thousandths)
    return ages


def _amounts(thousandths: Sequence[int]) -> list[Decimal]:
    return [*map(from_thousandths, thousandths), from_thousandths(sum(thousandths))]


def _owed_bills(span: Span) -> QuerySet[Bill]:
    return Bill.objects.filter(merchant=span.merchant, currency=span.currency, status=Bill.Status.PENDING).order_by()


def _owed_installments(span: Span) -> QuerySet[Installment]:
    """What nobody was asked for is not owed yet."""
    return Installment.objects.filter(
        merchant=span.merchant, subscription__currency=span.currency, status=Installment.Status.INVOICED
    ).order_by()


def _by_age(rows: QuerySet[Any], today: date, *keys: str) -> Iterator[tuple[Any, ...]]:
    """The keys, how many rows, how much is owed."""
    grouped: QuerySet[Model, Any] = rows.annotate(age=_age(today)).values_list(*keys)
    for *found, count, amount, paid in grouped.annotate(rows=Count("pk"), all=Sum("amount"), paid=Sum("amount_paid")):
        yield (*found, count, amount - paid)


def _age(today: date) -> Case:
    whens = [
        When(due_date__gte=today - timedelta(days=most), then=Value(age))
        for age, (_title, most) in enumerate(AGES)
        if most is not None
    ]
    return Case(*whens, default=Value(len(AGES) - 1), output_field=IntegerField())
