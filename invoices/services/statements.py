"""A customer's account over some time: what fell due, what was paid, and what remained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import override

from billing.models import Customer
from billing.money import ZERO
from invoices.services.statement_lines import MOST_LINES, StatementLine, balance_and_charges, money_lines


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
        closing, charges = balance_and_charges(customer, from_date, to_date)
        found = [*charges, *money_lines(customer, from_date, to_date)]
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


def year_until(day: date) -> date:
    """Where the twelve months begin that end on this day, both of them included."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, 3, 1) if is_leap_day else day.replace(year=day.year - 1) + timedelta(days=1)
