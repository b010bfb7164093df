"""What each of some customers was asked for and still owes; and who owes anything at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from billing.fields import MoneyField
from billing.models import Bill, Customer
from billing.money import ZERO
from invoices.services.open_amounts import Owed
from subscriptions.models import Installment

_FEW: Final = 30_000  # open documents
_OWED: Final = F("amount") - F("amount_paid")


def owed_by_customers(*, customers: Collection[Customer], today: date) -> Mapping[int, Mapping[str, Owed]]:
    """
    In one query, by the customers' ids and then by currency; nothing of who owes nothing.

    :param today: the local day; what is due on it is not late yet
    """
    merchants, ids = {each.merchant_id for each in customers}, [each.pk for each in customers]
    bills = Bill.objects.filter(merchant__in=merchants, customer__in=ids, status=Bill.Status.PENDING)
    parts = Installment.objects.filter(
        merchant__in=merchants,
        subscription__merchant__in=merchants,
        subscription__customer__in=ids,
        status=Installment.Status.INVOICED,
    )
    summed = _summed(bills, "", today).union(_summed(parts, "subscription__", today), all=True)
    found: defaultdict[int, dict[str, Owed]] = defaultdict(dict)
    for customer_id, currency, owed, overdue, count in summed:
        of_other_kind = found[customer_id].get(currency, Owed(sum=ZERO, overdue=ZERO, overdue_count=0))
        found[customer_id][currency] = Owed(
            sum=of_other_kind.sum + owed,
            overdue=of_other_kind.overdue + overdue,
            overdue_count=of_other_kind.overdue_count + count,
        )
    return found


def owing(
    customers: QuerySet[Customer],
    *,
    bills: QuerySet[Bill],
    installments: QuerySet[Installment],
    due_before: date | None = None,
) -> QuerySet[Customer]:
    """
    Those of these customers whom any of these documents asks for something.

    Few open documents are read for all customers; of many, one for each customer until there are enough of them.
    """
    late = Q() if due_before is None else Q(due_date__lt=due_before)
    open_bills = bills.order_by().filter(late, status=Bill.Status.PENDING)
    open_parts = installments.order_by().filter(late, status=Installment.Status.INVOICED)
    if open_bills.values("pk").union(open_parts.values("pk"), all=True)[: _FEW + 1].count() <= _FEW:
        whose = open_bills.values("customer").union(open_parts.values("subscription__customer"), all=True)
        return customers.filter(pk__in=whose)
    bill = open_bills.filter(merchant=OuterRef("merchant"), customer=OuterRef("pk"))
    plan = {"subscription__merchant": OuterRef("merchant"), "subscription__customer": OuterRef("pk")}
    part = open_parts.filter(merchant=OuterRef("merchant"), **plan)
    # Not by EXISTS: for that the planner would read all of them.
    one = Coalesce(Subquery(bill.values("pk")[:1]), Subquery(part.values("pk")[:1]))
    return customers.alias(open_document=one).filter(open_document__isnull=False)


def _summed(rows: QuerySet[Any], plan: str, today: date) -> QuerySet[Any, tuple[Any, ...]]:
    is_late = Q(due_date__lt=today)
    overdue = Case(When(is_late, then=_OWED), default=Value(ZERO), output_field=MoneyField())
    summed: QuerySet[Any, tuple[Any, ...]] = (
        rows.order_by()
        .values_list(f"{plan}customer", f"{plan}currency")
        .annotate(
            owed=Sum(_OWED, output_field=MoneyField()), overdue=Sum(overdue), overdue_count=Count("pk", filter=is_late)
        )
    )
    return summed
