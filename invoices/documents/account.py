"""The statement of account, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing.day_text import format_day
from billing.models import Customer
from invoices.documents.days import print_day
from invoices.documents.letterheads import Letterhead, Party, letterhead_of, party_of
from invoices.pages.amounts import currency_label, format_amount
from invoices.pages.facts import Fact
from invoices.services.statement_lines import StatementLine
from invoices.services.statements import build_statement, year_until

_MOST_LINES: Final = 200  # a page takes a third of a second


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    day: str
    label: str
    number: str
    charged: str
    paid: str
    balance: str


@dataclass(frozen=True, kw_only=True)
class AccountDocument:
    """`result_label` says whose the closing balance is: owed, or paid ahead."""

    letterhead: Letterhead
    party: Party
    facts: list[Fact]
    currency: str
    opening_day: str
    opening_balance: str
    lines: list[AccountLine]
    charged: str
    paid: str
    result_label: str
    result: str


def build_account(customer: Customer, *, language: str, today: date, in_full: bool) -> AccountDocument:
    """The last twelve months of a customer, in the active language, which `language` names."""
    statement = build_statement(
        customer=customer, from_date=year_until(today), to_date=today, language=language, most_lines=_MOST_LINES
    )
    currency, closing = statement.currency, statement.closing_balance
    days = [print_day(day, customer.merchant, language) for day in (statement.from_date, statement.to_date)]
    return AccountDocument(
        letterhead=letterhead_of(customer.merchant, language),
        party=party_of(customer, merchant=customer.merchant, in_full=in_full),
        facts=[Fact(label=_("From"), value=days[0]), Fact(label=_("Until"), value=days[1])],
        currency=currency_label(currency, language),
        opening_day=format_day(statement.from_date, language),
        opening_balance=format_amount(statement.opening_balance, currency),
        lines=[_line(line, currency, language) for line in statement.lines],
        charged=format_amount(sum((line.charged for line in statement.lines), Decimal(0)), currency),
        paid=format_amount(sum((line.paid for line in statement.lines), Decimal(0)), currency),
        result_label=_("Still owed") if closing >= 0 else _("Paid ahead"),
        result=format_amount(abs(closing), currency),
    )


def _line(line: StatementLine, currency: str, language: str) -> AccountLine:
    charged, paid = (format_amount(amount, currency) if amount else "" for amount in (line.charged, line.paid))
    return AccountLine(
        day=format_day(line.on_date, language),
        label=line.label,
        number=line.number,
        charged=charged,
        paid=paid,
        balance=format_amount(line.balance, currency),
    )
