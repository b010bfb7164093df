"""What a customer owes and has paid, told before two rows of one person are merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import CharField, F, Model, QuerySet, Sum, Value

from billing.fields import MoneyField
from billing.models import Bill, Customer
from billing.money import ZERO
from invoices.models import Payment
from subscriptions.models import Installment

Amounts = Mapping[str, Decimal]
_OWED: Final = "owed"
_PAID: Final = "paid"


@dataclass(frozen=True, kw_only=True)
class Money:
    """By currency. `paid` is what came, whatever became of it."""

    owed: Amounts
    paid: Amounts

    def __add__(self, other: Money) -> Money:
        return Money(owed=_together(self.owed, other.owed), paid=_together(self.paid, other.paid))


def money_of(customer: Customer) -> Money:
    """In one query."""
    bills = Bill.objects.open().filter(merchant=customer.merchant_id, customer=customer)
    installments = Installment.objects.open().filter(merchant=customer.merchant_id, subscription__customer=customer)
    payments = Payment.objects.filter(merchant=customer.merchant_id, customer=customer)
    owed = F("amount") - F("amount_paid")
    found = _sums(bills, _OWED, "currency", owed).union(
        _sums(installments, _OWED, "subscription__currency", owed),
        _sums(payments, _PAID, "currency", F("amount")),
        all=True,
    )
    sums: dict[str, dict[str, Decimal]] = {_OWED: defaultdict(lambda: ZERO), _PAID: defaultdict(lambda: ZERO)}
    for kind, currency, amount in found:
        sums[kind][currency] += amount
    return Money(owed=sums[_OWED], paid=sums[_PAID])


def _sums(rows: QuerySet[Any], kind: str, currency: str, amount: Any) -> QuerySet[Model, tuple[Any, ...]]:
    grouped = rows.order_by().annotate(kind=Value(kind, CharField()), of_currency=F(currency))
    sums: QuerySet[Model, tuple[Any, ...]] = grouped.values_list("kind", "of_currency").annotate(
        sum=Sum(amount, output_field=MoneyField())
    )
    return sums


def _together(ours: Amounts, theirs: Amounts) -> Amounts:
    return {each: ours.get(each, ZERO) + theirs.get(each, ZERO) for each in sorted({*ours, *theirs})}
