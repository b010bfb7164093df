"""A customer's statement of the last twelve months, as their page prints it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.safestring import SafeString
from django.utils.text import Truncator

from billing.day_text import format_day
from billing.models import Customer
from invoices.pages.amounts import format_amount
from invoices.pages.runs import as_run
from invoices.services.statement_lines import StatementLine
from invoices.services.statements import build_statement, year_until

MOST_ROWS: Final = 24
_LONGEST_LABEL: Final = 80


@dataclass(frozen=True, kw_only=True)
class StatementRow:
    """Either `charged` or `paid`, the other empty; of a refund both, below zero."""

    day: str
    label: SafeString
    number: str
    charged: str
    paid: str
    balance: str


@dataclass(frozen=True, kw_only=True)
class StatementRows:
    """The latest rows. `is_cut` where there are earlier ones: those are in the opening balance."""

    since: str
    opening: str
    rows: list[StatementRow]
    closing: str
    is_cut: bool


def build_statement_rows(customer: Customer, *, today: date, language: str) -> StatementRows:
    statement = build_statement(customer=customer, from_date=year_until(today), to_date=today, language=language)
    lines = statement.lines[-MOST_ROWS:]
    is_cut = len(lines) < len(statement.lines)
    opening = lines[0].balance - lines[0].change if is_cut else statement.opening_balance
    return StatementRows(
        since=format_day(lines[0].on_date if is_cut else statement.from_date, language),
        opening=format_amount(opening, statement.currency),
        rows=[_row(line, statement.currency, language) for line in lines],
        closing=format_amount(statement.closing_balance, statement.currency),
        is_cut=is_cut,
    )


def _row(line: StatementLine, currency: str, language: str) -> StatementRow:
    return StatementRow(
        day=format_day(line.on_date, language),
        label=as_run(Truncator(line.label).chars(_LONGEST_LABEL)),
        number=line.number,
        charged=_amount_if_any(line.charged, currency),
        paid=_amount_if_any(line.paid, currency),
        balance=format_amount(line.balance, currency),
    )


def _amount_if_any(amount: Decimal, currency: str) -> str:
    return format_amount(amount, currency) if amount else ""
