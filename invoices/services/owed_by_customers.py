"""What each of some customers was asked for and still owes; and who owes anything at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from billing.models import Bill, Customer
from invoices.services.open_amounts import Owed, owed_from
from invoices.services.open_payables import OPEN_PAYABLES, places
from subscriptions.models import Installment

_FEW: Final = 30_000  # open documents
_OWED: Final = """
    SELECT customer_id, currency, SUM(owed),
        SUM(CASE WHEN due_date < %s THEN owed ELSE 0 END), SUM(CASE WHEN due_date < %s THEN 1 ELSE 0 END)
    FROM {open_payables} WHERE merchant_id IN ({merchants}) AND customer_id IN ({customers})
    GROUP BY customer_id, currency
"""


def owed_by_customers(*, customers: Collection[Customer], today: date) -> Mapping[int, Mapping[str, Owed]]:
    """
    In one query, by the customers' ids and then by currency; nothing of who owes nothing.

    :param today: the local day; what is due on it is not late yet
    """
    if not customers:
        return {}
    merchants, ids = sorted({each.merchant_id for each in customers}), [each.pk for each in customers]
    sql = _OWED.format(open_payables=OPEN_PAYABLES, merchants=places(len(merchants)), customers=places(len(ids)))
    found: defaultdict[int, dict[str, Owed]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(sql, [today.isoformat(), today.isoformat(), *merchants, *ids])
        for customer_id, currency, *sums in cursor.fetchall():
            found[customer_id][currency] = owed_from(sums)
    return found


def owing(
    customers: QuerySet[Customer],
    *,
    bills: QuerySet[Bill],
    installments: QuerySet[Installment],
    due_before: date | None = None,
) -> QuerySet[Customer]:
    """
    Those of these customers whom any of these asks for something.

    Few of them are read for all customers; of many, one for each customer until there are enough of them.

    :param bills: open ones, as the `installments` are
    :param due_before: a local day; None: whenever they are due
    """
    late = Q() if due_before is None else Q(due_date__lt=due_before)
    open_bills, open_parts = bills.order_by().filter(late), installments.order_by().filter(late)
    if open_bills.values("pk").union(open_parts.values("pk"), all=True)[: _FEW + 1].count() <= _FEW:
        whose = open_bills.values("customer").union(open_parts.values("subscription__customer"), all=True)
        return customers.filter(pk__in=whose)
    bill = open_bills.filter(merchant=OuterRef("merchant"), customer=OuterRef("pk"))
    plan = {"subscription__merchant": OuterRef("merchant"), "subscription__customer": OuterRef("pk")}
    part = open_parts.filter(merchant=OuterRef("merchant"), **plan)
    # Not by EXISTS: for that the planner would read all of them. Nor by their own ids: the index has the customer's.
    one = Coalesce(Subquery(bill.values("customer")[:1]), Subquery(part.values("subscription__customer")[:1]))
    return customers.alias(asked=one).filter(asked__isnull=False)
