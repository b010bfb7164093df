"""The lines of a customer's account: what fell due, what was paid, used and given back, with the latest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, CharField, DateField, F, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from billing.models import Customer
from billing.money import ZERO
from invoices.models import Payment
from invoices.services.account_rows import (
    IS_OF_NOTHING_OWED,
    charged_bills,
    charged_installments,
    credits_used,
    end_of,
    payments_received,
    refunds_done,
    with_balance,
)

MOST_LINES: Final = 500  # what came before them is in the opening balance
# What is told beside payments, which bear their methods' codes.
_USED: Final = "used"
_REFUND: Final = "refund"
_REFUND_OF_NOTHING_OWED: Final = "refund of nothing owed"


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


def balance_and_charges(customer: Customer, from_date: date, to_date: date) -> tuple[Decimal, list[StatementLine]]:
    """
    What is owed at the end of `to_date`, and the lines of what fell due in between.

    In one query, since a customer's page waits for each: the balance is its first row, of the last day there is.
    """
    no_number = Value(None, output_field=IntegerField())
    bills = charged_bills(customer).filter(due_date__range=(from_date, to_date))
    installments = charged_installments(customer).filter(due_date__range=(from_date, to_date))
    planned = installments.order_by().values_list(
        "due_date",
        "amount",
        "subscription__subscription_no",
        "subscription__product_name",
        F("sequence"),
        F("subscription__number_of_installments"),
    )
    billed = bills.values_list("due_date", "amount", "billing_no", "service_type", no_number, no_number)
    balance = with_balance(customer, to_date).values_list(
        Value(date.max, DateField()), "balance", Value(""), Value(""), no_number, no_number
    )
    found = billed.union(planned, balance, all=True).order_by("-due_date")[: MOST_LINES + 2]
    (_day, closing, *_rest), *charges = found
    return closing, [_charge(*row) for row in charges]


def _charge(
    due_date: date, amount: Decimal, number: str, name: str, sequence: int | None, count: int | None
) -> StatementLine:
    label = _charge_label(name, sequence, count)
    return StatementLine(on_date=due_date, label=label, number=number, charged=amount, paid=ZERO)


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


def money_lines(customer: Customer, from_date: date, to_date: date) -> Iterable[StatementLine]:
    """What came, what was used of what had come, and what went back."""
    for moment, _pk, kind, amount, receipt_no in _money(customer, from_date, to_date):
        is_refund = kind in (_REFUND, _REFUND_OF_NOTHING_OWED)
        yield StatementLine(
            on_date=customer.merchant.local_date(moment),
            label=_money_label(kind),
            number=receipt_no or "",
            charged=-amount if kind == _REFUND else ZERO,
            paid=-amount if is_refund else amount,
        )


def _money(customer: Customer, from_date: date, to_date: date) -> QuerySet[Any, tuple[Any, ...]]:
    since, until = end_of(customer, from_date - timedelta(days=1)), end_of(customer, to_date)
    received = payments_received(customer).filter(received_at__gte=since, received_at__lt=until)
    used = credits_used(customer).filter(decided_at__gte=since, decided_at__lt=until)
    refunded = refunds_done(customer).filter(done_at__gte=since, done_at__lt=until)
    of_nothing_owed = When(IS_OF_NOTHING_OWED, then=Value(_REFUND_OF_NOTHING_OWED))
    kind_of_refund = Case(of_nothing_owed, default=Value(_REFUND), output_field=CharField())
    of_payments = received.values_list("received_at", "pk", "method", "applied_amount", "receipt_no")
    of_credits = used.values_list("decided_at", "pk", Value(_USED), "amount", "payment__receipt_no")
    of_refunds = refunded.values_list("done_at", "pk", kind_of_refund, "settled_amount", "payment__receipt_no")
    return of_payments.union(of_credits, of_refunds, all=True).order_by("-received_at", "-pk")[: MOST_LINES + 1]


def _money_label(kind: str) -> str:
    if kind == _USED:
        return _("From an overpayment")
    if kind in Payment.Method.values:
        return _("Payment · %(method)s") % {"method": Payment.Method(kind).label}
    return _("Refund")
