"""Whom to call first: customers with overdue money, ordered by how much of it is how late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import connection
from django.db.models import Max, Q

from billing.models import Customer, Event, Merchant
from billing.money import from_thousandths
from invoices.models import FiguresCount, Invoice
from invoices.services.open_payables import OPEN_PAYABLES, as_day, places

MOST_CUSTOMERS: Final = 200  # more than anybody calls in a day
_KEPT: Final = 2 * MOST_CUSTOMERS  # so many may pay before the next count, and the list is still whole

_LATE: Final = {"postgresql": "(%s::date - due_date)", "sqlite": "(julianday(%s) - julianday(due_date))"}
_OVERDUE: Final = """
    SELECT customer_id, SUM(owed * {late}), SUM(owed), MIN(due_date), COUNT(*)
    FROM {open_payables} WHERE merchant_id = %s AND currency = %s AND due_date < %s {among}
    GROUP BY customer_id ORDER BY 2 DESC, customer_id LIMIT %s
"""
_PROMISED: Final = """
    SELECT customer_id, MIN(promised_until)
    FROM {open_payables} WHERE merchant_id = %s AND due_date < %s AND promised_until IS NOT NULL
        AND customer_id IN ({customers}) GROUP BY customer_id
"""


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """One customer's overdue money in the merchant's currency, and what is known about getting it."""

    customer: Customer
    owed: Decimal
    oldest_due_date: date
    document_count: int
    promised_until: date | None
    last_note: Event | None
    invoice: Invoice | None


def overdue_customers(*, merchant: Merchant, today: date, offset: int, limit: int) -> list[Overdue]:
    """
    The customers behind `offset` of at most MOST_CUSTOMERS, the heaviest first: amount times days late, summed.

    Of these, whoever has promised a day that has not passed comes last.

    In six queries, however many there are. Of a large merchant, only those are weighed who were the heaviest when home
    was last counted: who paid since is gone at once, who is late since midnight was counted after it.

    :param today: the merchant's local day; what is due on it is not late yet
    """
    heaviest = _weighed(merchant, today, limit=MOST_CUSTOMERS, among=_kept_customers(merchant, today))
    promises = _promises(merchant, [row[0] for row in heaviest], today)
    waiting = {customer_id for customer_id, day in promises.items() if day >= today}
    found = sorted(heaviest, key=lambda row: row[0] in waiting)[offset : offset + limit]
    ids = [row[0] for row in found]
    rows = Customer.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids))
    customers = {customer.pk: customer for customer in rows}
    owners = {customer.pk: customer.merged_into_id or customer.pk for customer in customers.values()}
    invoices, notes = _oldest_open(merchant, ids), _last_notes(merchant, owners)
    return [
        Overdue(
            customer=customers[customer_id],
            owed=from_thousandths(int(owed)),
            oldest_due_date=as_day(due_date),
            document_count=count,
            promised_until=promises.get(customer_id),
            last_note=notes.get(customer_id),
            invoice=invoices.get(customer_id),
        )
        for customer_id, _weight, owed, due_date, count in found
    ]


def heaviest_customers(*, merchant: Merchant, today: date) -> list[int]:
    """Their ids, among which `overdue_customers` looks until the next count: twice as many as it shows."""
    return [row[0] for row in _weighed(merchant, today, limit=_KEPT, among=None)]


def _kept_customers(merchant: Merchant, today: date) -> list[int] | None:
    kept = FiguresCount.objects.filter(merchant=merchant, on_date=today).values_list("heaviest_customers", flat=True)
    return kept.first()


def _weighed(
    merchant: Merchant, today: date, *, limit: int, among: Sequence[int] | None
) -> Sequence[tuple[int, int, int, date, int]]:
    if among is not None and not among:
        return []
    listed = "" if among is None else f"AND customer_id IN ({places(len(among))})"
    sql = _OVERDUE.format(late=_LATE[connection.vendor], open_payables=OPEN_PAYABLES, among=listed)
    day = today.isoformat()
    with connection.cursor() as cursor:
        cursor.execute(sql, [day, merchant.pk, merchant.currency, day, *(among or ()), limit])
        found: list[tuple[int, int, int, date, int]] = cursor.fetchall()
    return found


def _promises(merchant: Merchant, customer_ids: Sequence[int], today: date) -> dict[int, date]:
    """The next promise that somebody made for anything still overdue; a broken one, too, is told."""
    if not customer_ids:
        return {}
    sql = _PROMISED.format(open_payables=OPEN_PAYABLES, customers=places(len(customer_ids)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [merchant.pk, today.isoformat(), *customer_ids])
        return {customer_id: as_day(day) for customer_id, day in cursor.fetchall()}


def _last_notes(merchant: Merchant, owners: Mapping[int, int]) -> Mapping[int, Event]:
    """:param owners: whose a row is, by its id: what was noted at a former number is about the same person"""
    notes = Event.objects.filter(
        merchant=merchant, subject=Event.Subject.CUSTOMER, subject_id__in=list(owners), name="noted"
    )
    latest = notes.order_by().values("subject_id").annotate(latest=Max("pk")).values("latest")
    return {owners[event.subject_id]: event for event in Event.objects.filter(pk__in=latest).order_by("pk")}


def _oldest_open(merchant: Merchant, customer_ids: Sequence[int]) -> dict[int, Invoice]:
    """The one to ask for: its page shows the customer's other documents too."""
    live = Invoice.objects.live().filter(merchant=merchant, customer__in=customer_ids, cancel_requested_at=None)
    related = ("merchant", "customer", "bill__merchant", "installment__merchant", "installment__subscription")
    invoices: dict[int, Invoice] = {}
    for invoice in live.select_related(*related).order_by("due_date", "pk"):
        invoices.setdefault(invoice.customer_id, invoice)
    return invoices
