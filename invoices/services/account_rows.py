"""The rows that a customer's account is made of, in the merchant's own currency, and what they come to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from billing.fields import MoneyField
from billing.models import Bill, Customer
from billing.money import ZERO
from invoices.models import Credit, Payment, Refund
from subscriptions.models import Installment

_ASKED_FOR: Final = (Installment.Status.INVOICED, Installment.Status.PAID)
# Of refunds: what was cancelled or skipped has no charge.
IS_OF_NOTHING_OWED: Final = Q(payment__bill__status=Bill.Status.CANCELLED) | Q(
    payment__installment__status__in=(Installment.Status.CANCELLED, Installment.Status.SKIPPED)
)


def with_balance(customer: Customer, to_date: date) -> QuerySet[Customer]:
    """What fell due up to and on this day, less what was paid, beside the customer."""
    bills, installments = charged_bills(customer).filter(due_date__lte=to_date), charged_installments(customer)
    sums = {
        "billed": _sum_of(bills, "customer", "amount"),
        "planned": _sum_of(installments.filter(due_date__lte=to_date), "subscription__customer", "amount"),
        "paid": _sum_of(
            payments_received(customer).filter(received_at__lt=end_of(customer, to_date)), "customer", "applied_amount"
        ),
        "used": _sum_of(
            credits_used(customer).filter(decided_at__lt=end_of(customer, to_date)), "payment__customer", "amount"
        ),
        "returned": _sum_of(
            refunds_done(customer).filter(IS_OF_NOTHING_OWED, done_at__lt=end_of(customer, to_date)),
            "payment__customer",
            "settled_amount",
        ),
    }
    balance = sums["billed"] + sums["planned"] - sums["paid"] - sums["used"] + sums["returned"]
    return Customer.objects.filter(pk=customer.pk).annotate(balance=balance)


def _sum_of(rows: QuerySet[Model], owner: str, amount: str) -> Coalesce:
    of_customer = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner)
    total = Subquery(of_customer.annotate(total=Sum(amount)).values("total"), output_field=MoneyField())
    return Coalesce(total, Value(ZERO, MoneyField()), output_field=MoneyField())


def charged_bills(customer: Customer) -> QuerySet[Bill]:
    bills = Bill.objects.filter(customer=customer, currency=customer.merchant.currency)
    return bills.exclude(status=Bill.Status.CANCELLED)


def charged_installments(customer: Customer) -> QuerySet[Installment]:
    currency = customer.merchant.currency
    of_customer = Installment.objects.filter(subscription__customer=customer, subscription__currency=currency)
    return of_customer.filter(merchant_id=customer.merchant_id, status__in=_ASKED_FOR)


def payments_received(customer: Customer) -> QuerySet[Payment]:
    return Payment.objects.filter(customer=customer, currency=customer.merchant.currency, applied_amount__gt=0)


def credits_used(customer: Customer) -> QuerySet[Credit]:
    """What was paid too much before, where it settled something else: the payment itself counts by what it settled."""
    used = Credit.objects.used().filter(payment__customer=customer, payment__currency=customer.merchant.currency)
    return used.filter(merchant_id=customer.merchant_id)


def refunds_done(customer: Customer) -> QuerySet[Refund]:
    """What was given back of what had settled something: a surplus is not in the account at all."""
    done = Refund.objects.filter(status=Refund.Status.DONE, settled_amount__gt=0, merchant_id=customer.merchant_id)
    return done.filter(payment__customer=customer, payment__currency=customer.merchant.currency)


def end_of(customer: Customer, day: date) -> datetime:
    """The instant at which the merchant's local day is over."""
    return customer.merchant.day_begins(day + timedelta(days=1))
