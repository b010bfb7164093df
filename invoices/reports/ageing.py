"""How old what is owed is today: bills, and installments that were asked for, by how late they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from billing.models import Customer
from billing.money import ZERO, from_thousandths
from invoices.reports.spans import Span
from invoices.reports.tables import Chart, Column, Kind, Report, Row, Text
from invoices.services.open_payables import OPEN_PAYABLES

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
_MOST_DAYS: Final = [most for _title, most in AGES if most is not None]
_WHENS: Final = " ".join(f"WHEN due_date >= %s THEN {age}" for age in range(len(_MOST_DAYS)))
_AGE: Final = f"CASE {_WHENS} ELSE {len(_MOST_DAYS)} END"
# Materialized, or else several processes add it up: who owes is not foreseen, and they take twice as long as one.
_UNPAID: Final = f"""
    WITH unpaid AS MATERIALIZED (
        SELECT kind, customer_id, due_date, owed FROM {OPEN_PAYABLES} WHERE merchant_id = %s AND currency = %s
    )"""  # noqa: S608
_BY_AGE: Final = f"{_UNPAID} SELECT kind, {_AGE}, COUNT(*), SUM(owed) FROM unpaid GROUP BY 1, 2"  # noqa: S608
# Who owes the most is found by one sum for each customer; ages are told apart for those alone, and for all others.
_BY_CUSTOMER: Final = f"""{_UNPAID},
    of_customer AS (SELECT customer_id, SUM(owed) AS owed FROM unpaid GROUP BY customer_id),
    heaviest AS (SELECT customer_id FROM of_customer ORDER BY owed DESC, customer_id LIMIT %s)
    SELECT heaviest.customer_id, {_AGE}, SUM(owed), (SELECT COUNT(*) FROM of_customer)
    FROM unpaid LEFT JOIN heaviest ON heaviest.customer_id = unpaid.customer_id GROUP BY 1, 2
"""  # noqa: S608


def ageing(span: Span) -> Report:
    """By age, in one query; what is due today is not late yet."""
    nothing = (0, ZERO)
    of_kind: defaultdict[str, dict[int, tuple[int, Decimal]]] = defaultdict(dict)
    for kind, age, count, owed in _read(_BY_AGE, [*_whose(span), *_days(span)]):
        of_kind[kind][age] = (count, from_thousandths(int(owed)))
    bills, installments = of_kind["BILL"], of_kind["INSTALLMENT"]
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
    """Who owes the most, with what all the others owe in one line, in two queries."""
    ages, people = _ages_of_customers(span, most_customers)
    others = ages.pop(None, None)
    named = sorted((pk for pk in ages if pk is not None), key=lambda pk: (-sum(ages[pk]), pk))
    names = Customer.objects.filter(merchant=span.merchant).in_bulk(named)
    lines: list[Row] = [(names[pk].name, names[pk].phone, *_amounts(ages[pk])) for pk in named]
    if others:
        lines.append((_("%(count)s others") % {"count": people - len(named)}, "", *_amounts(others)))
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


def _ages_of_customers(span: Span, most: int) -> tuple[dict[int | None, list[int]], int]:
    """Thousandths by age, of all others under None; and how many customers owe anything."""
    ages: defaultdict[int | None, list[int]] = defaultdict(lambda: [0] * len(AGES))
    found = _read(_BY_CUSTOMER, [*_whose(span), most, *_days(span)])
    for customer_id, age, owed, _people in found:
        ages[customer_id][age] = int(owed)
    return ages, found[0][3] if found else 0


def _amounts(thousandths: Sequence[int]) -> list[Decimal]:
    return [*map(from_thousandths, thousandths), from_thousandths(sum(thousandths))]


def _read(sql: str, values: Sequence[int | str]) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: Sequence[Any] = cursor.fetchall()
    return found


def _whose(span: Span) -> tuple[int, str]:
    return span.merchant.pk, span.currency


def _days(span: Span) -> list[str]:
    """The first due date of each age but the last."""
    return [(span.today - timedelta(days=most)).isoformat() for most in _MOST_DAYS]
