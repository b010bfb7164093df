"""A customer's account over some time: what fell due, what was paid, and what remained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, CharField, DateField, F, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import override

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
    The account of a customer with its merchant in the merchant's own currency, in two queries.

    Bills that were not cancelled and installments that were asked for are charged on their due date; payments count
    on the merchant's day they were received, by what they settled, and again when what was left over settles something
    else. Money given back takes its charge back with it on the day it went, so that the closing balance is what the
    customer still has to pay by `to_date`. What was cancelled has no charge: there only the payment is taken back.

    :param from_date: local days, both of them included
    :param most_lines: at most the last so many are told, up to MOST_LINES
    """
    with override(language):
        closing, charges = _balance_and_charges(customer, from_date, to_date)
        found = [*charges, *_payments(customer, from_date, to_date)]
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


def _balance_and_charges(customer: Customer, from_date: date, to_date: date) -> tuple[Decimal, list[StatementLine]]:
    """In one query, since a customer's page waits for each: the balance is its first row, of the last day there is."""
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
    return closing, [
        StatementLine(
            on_date=due_date, label=_charge_label(name, sequence, count), number=number, charged=amount, paid=ZERO
        )
        for due_date, amount, number, name, sequence, count in charges
    ]


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


def year_until(day: date) -> date:
    """Where the twelve months begin that end on this day, both of them included."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, 3, 1) if is_leap_day else day.replace(year=day.year - 1) + timedelta(days=1)
