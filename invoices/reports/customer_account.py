"""A customer's account between two days, line by line: the same lines as on their own page and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from billing.money import ZERO
from invoices.reports.spans import Span
from invoices.reports.tables import Chart, Column, Kind, Report, Row, Text
from invoices.services.statements import Statement, build_statement

_COLUMNS: Final = (
    Column(title=_("Date"), kind=Kind.DAY),
    Column(title=_("Description"), kind=Kind.TEXT),
    Column(title=_("Number"), kind=Kind.TEXT),
    Column(title=_("Charged")),
    Column(title=pgettext_lazy("column", "Paid")),
    Column(title=_("Balance"), is_summed=False),
)
_CUT: Final = _("There are earlier lines in these days: they are in the opening balance. Choose days closer together.")


def customer_account(span: Span) -> Report:
    """In two queries."""
    assert span.customer is not None
    statement = build_statement(
        customer=span.customer, from_date=span.from_date, to_date=span.to_date, language=get_language() or "en"
    )
    return Report(
        columns=_COLUMNS,
        rows=list(_rows(statement)),
        chart=_chart(statement),
        notes=[_CUT] if statement.from_date > span.from_date else [],
    )


def _rows(statement: Statement) -> Iterator[Row]:
    yield (statement.from_date, _("Opening balance"), "", None, None, statement.opening_balance)
    for line in statement.lines:
        yield (line.on_date, line.label, line.number, line.charged or None, line.paid or None, line.balance)
    yield (statement.to_date, _("Closing balance"), "", None, None, statement.closing_balance)


def _chart(statement: Statement) -> Chart:
    """From what was owed to what is owed; what was paid ahead is told as such, for a bar has no sign."""
    bars: list[tuple[Text, Decimal]] = [
        _standing(statement.opening_balance, _("Owed at the beginning"), _("Paid ahead at the beginning")),
        (_("Charged"), max(ZERO, sum((line.charged for line in statement.lines), ZERO))),
        (pgettext_lazy("column", "Paid"), max(ZERO, sum((line.paid for line in statement.lines), ZERO))),
        _standing(statement.closing_balance, _("Owed at the end"), _("Paid ahead at the end")),
    ]
    return Chart(
        title=_("From the opening to the closing balance"),
        labels=[str(title) for title, _amount in bars],
        label_kind=Kind.TEXT,
        series=[(_("Amount"), [amount for _title, amount in bars])],
    )


def _standing(balance: Decimal, owed: Text, ahead: Text) -> tuple[Text, Decimal]:
    return (owed, balance) if balance >= ZERO else (ahead, -balance)
