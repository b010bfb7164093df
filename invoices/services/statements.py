"""A customer's account over some time: what fell due, what was paid, and what remained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F, IntegerField, Model, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing.fields import MoneyField
from billing.models import Bill, Customer
from billing.money import ZERO
from invoices.models import Credit, Payment
from subscriptions.models import Installment

MOST_LINES: Final = 500  # what came before them is in the opening balance
_ASKED_FOR: Final = (Installment.Status.INVOICED, Installment.Status.PAID)


@dataclass(frozen=True, kw_only=True)
class StatementLine:
    """What fell due or was paid on one day; `balance` is what was owed after it, below zero what was paid ahead."""

    on_date: date
    label: str
    number: str
    charged: Decimal
    paid: Decimal
    balance: Decimal = ZERO

    @property
    def change(self) -> Decimal:
        return self.charged - self.paid


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The opening balance and the lines' changes make the closing balance."""

    from_date: date
    to_date: date
    currency: str
    opening_balance: Decimal
    lines: list[StatementLine]
    closing_balance: Decimal


def build_statement(
    *, customer: Customer, from_date: date, to_date: date, language: str, most_lines: int = MOST_LINES
) -> Statement:
    """
    The account of a customer with its merchant in the merchant's own currency, in three queries.

    Bills that were not cancelled and installments that were asked for are charged on their due date; payments count
    on the merchant's day they were received, by what they settled, and again when what was left over settles something
    else. Money given back takes its charge back with it, so
    that the closing balance is what the customer still has to pay by `to_date`.

    :param from_date: local days, both of them included
    :param most_lines: at most the last so many are told, up to MOST_LINES
    """
    closing = _balance(customer, to_date)
    with override(language):
        found = [*_charges(customer, from_date, to_date), *_payments(customer, from_date, to_date)]
    found.reverse()  # both came with the latest first, the order in which only so many are read
    lines = sorted(found, key=lambda line: (line.on_date, -line.charged))[-most_lines:]
    opening = closing - sum((line.change for line in lines), ZERO)
    return Statement(
        from_date=lines[0].on_date if len(found) > len(lines) else from_date,
        to_date=to_date,
        currency=customer.merchant.currency,
        opening_balance=opening,
        lines=list(_with_balances(lines, opening)),
        closing_balance=closing,
    )


def _with_balances(lines: Iterable[StatementLine], opening: Decimal) -> Iterable[StatementLine]:
    balance = opening
    for line in lines:
        balance += line.change
        yield replace(line, balance=balance)


def _balance(customer: Customer, to_date: date) -> Decimal:
    """What fell due up to and on this day, less what was paid."""
    bills, installments = _bills(customer).filter(due_date__lte=to_date), _installments(customer)
    sums = {
        "billed": _sum_of(bills, "customer", "amount"),
        "planned": _sum_of(installments.filter(due_date__lte=to_date), "subscription__customer", "amount"),
        "paid": _sum_of(
            _received(customer).filter(received_at__lt=_end(customer, to_date)), "customer", "applied_amount"
        ),
        "used": _sum_of(_used(customer).filter(decided_at__lt=_end(customer, to_date)), "payment__customer", "amount"),
    }
    found = Customer.objects.filter(pk=customer.pk).annotate(**sums)
    billed, planned, paid, used = (amount or ZERO for amount in found.values_list(*sums).get())
    return Decimal(billed + planned - paid - used)


def _sum_of(rows: QuerySet[Model], owner: str, amount: str) -> Subquery:
    of_customer = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner)
    return Subquery(of_customer.annotate(total=Sum(amount)).values("total"))


def _bills(customer: Customer) -> QuerySet[Bill]:
    bills = Bill.objects.filter(customer=customer, currency=customer.merchant.currency)
    return bills.exclude(status=Bill.Status.CANCELLED)


def _installments(customer: Customer) -> QuerySet[Installment]:
    currency = customer.merchant.currency
    of_customer = Installment.objects.filter(subscription__customer=customer, subscription__currency=currency)
    return of_customer.filter(merchant_id=customer.merchant_id, status__in=_ASKED_FOR)


def _received(customer: Customer) -> QuerySet[Payment]:
    return Payment.objects.filter(customer=customer, currency=customer.merchant.currency, applied_amount__gt=0)


def _used(customer: Customer) -> QuerySet[Credit]:
    """What was paid too much before, where it settled something else: the payment itself counts by what it settled."""
    used = Credit.objects.used().filter(payment__customer=customer, payment__currency=customer.merchant.currency)
    return used.filter(merchant_id=customer.merchant_id)


def _charges(customer: Customer, from_date: date, to_date: date) -> Iterable[StatementLine]:
    no_number = Value(None, output_field=IntegerField())
    bills = _bills(customer).filter(due_date__range=(from_date, to_date))
    installments = _installments(customer).filter(due_date__range=(from_date, to_date))
    planned = installments.order_by().values_list(
        "due_date",
        "amount",
        "subscription__subscription_no",
        "subscription__product_name",
        F("sequence"),
        F("subscription__number_of_installments"),
    )
    billed = bills.values_list("due_date", "amount", "billing_no", "service_type", no_number, no_number)
    for due_date, amount, number, name, sequence, count in billed.union(planned, all=True).order_by("-due_date")[
        : MOST_LINES + 1
    ]:
        yield StatementLine(
            on_date=due_date, label=_charge_label(name, sequence, count), number=number, charged=amount, paid=ZERO
        )


def _charge_label(name: str, sequence: int | None, count: int | None) -> str:
    if sequence is None:
        return name
    if count is None:
        return _("%(product)s, payment %(number)s") % {"product": name, "number": sequence}
    return _("Installment %(number)s of %(count)s · %(product)s") % {
        "number": sequence,
        "count": count,
        "product": name,
    }


def _payments(customer: Customer, from_date: date, to_date: date) -> Iterable[StatementLine]:
    """What came, and what was used of what had come; what was given back is told beside the last payment."""
    told: set[tuple[int | None, int | None]] = set()
    for moment, _pk, method, amount, receipt_no, refunded, *payable in _money(customer, from_date, to_date):
        on_date = customer.merchant.local_date(moment)
        if refunded > 0 and tuple(payable) not in told:
            told.add(tuple(payable))
            # Only how much was given back is known, not when.
            yield StatementLine(on_date=on_date, label=_("Refund"), number="", charged=-refunded, paid=-refunded)
        label = _payment_label(method)
        yield StatementLine(on_date=on_date, label=label, number=receipt_no or "", charged=ZERO, paid=amount)


def _money(customer: Customer, from_date: date, to_date: date) -> QuerySet[Any, tuple[Any, ...]]:
    within = (_end(customer, from_date - timedelta(days=1)), _end(customer, to_date))
    received = _received(customer).filter(received_at__gte=within[0], received_at__lt=within[1])
    used = _used(customer).filter(decided_at__gte=within[0], decided_at__lt=within[1])
    refunded = Coalesce("bill__amount_refunded", "installment__amount_refunded")
    payable = ("bill_id", "installment_id")
    of_payments = received.values_list(
        "received_at", "pk", "method", "applied_amount", "receipt_no", refunded, *payable
    )
    nothing = Value(ZERO, output_field=MoneyField())
    of_credits = used.values_list("decided_at", "pk", Value(""), "amount", "payment__receipt_no", nothing, *payable)
    return of_payments.union(of_credits, all=True).order_by("-received_at", "-pk")[: MOST_LINES + 1]


def _payment_label(method: str) -> str:
    if not method:
        return _("From an overpayment")
    return _("Payment · %(method)s") % {"method": Payment.Method(method).label}


def _end(customer: Customer, day: date) -> datetime:
    """The instant at which the merchant's local day is over."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(customer.merchant.time_zone))
