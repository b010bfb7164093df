"""The payments of a custom schedule: a row of fields for each, and one text of lines in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.importing import cells
from billing.importing.cells import InvalidCell, Options

Payment = tuple[date, Decimal, str]

_PARTS: Final = ("day", "amount", "called")
_FEWEST_ROWS: Final = 4
_EMPTY_ROWS: Final = 2  # below those that are filled, for whoever has no script
_MOST_LINES: Final = 500


class _PaymentRows(forms.Widget):
    """Its value is a text, a payment on each line: so it is kept by the page that shows the dates."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        if not isinstance(data, QueryDict) or f"{name}_day" not in data:
            return str(data.get(name) or "")
        columns = [data.getlist(f"{name}_{part}") for part in _PARTS]
        rows = [[" ".join(cell.split()) for cell in row] for row in zip_longest(*columns, fillvalue="")]
        while rows and not any(rows[-1]):
            rows.pop()
        return "\n".join("\t".join(row) for row in rows)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_day" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = [(*_parts(line), "", "", "")[:3] for line in str(value or "").splitlines()]
        empty = max(_EMPTY_ROWS, _FEWEST_ROWS - len(rows))
        context = {"name": name, "rows": [*rows, *[("", "", "")] * empty]}
        return render_to_string("admin/office/payment_rows.html", context)


class PaymentsField(forms.CharField):
    widget = _PaymentRows


def read_payments(text: str, *, currency: str) -> tuple[Payment, ...]:
    """
    Each line's day, amount and name.

    :raises forms.ValidationError: naming every line that cannot be read, and what is wrong with it
    """
    options, payments, problems = Options(currency=currency), list[Payment](), list[str]()
    for number, line in enumerate(text.splitlines()[:_MOST_LINES], start=1):
        if not line.strip():
            continue
        try:
            payments.append(_payment(_parts(line), options))
        except InvalidCell as problem:
            problems.append(_("Payment %(number)s: %(problem)s") % {"number": number, "problem": problem.message})
    if problems or not payments:
        raise forms.ValidationError(problems or [_("List at least one payment.")])
    return tuple(payments)


def _parts(line: str) -> Sequence[str]:
    return line.split("\t", 2) if "\t" in line else line.split(maxsplit=2)


def _payment(parts: Sequence[str], options: Options) -> Payment:
    day, amount, called = (*(part.strip() for part in parts), "", "", "")[:3]
    if not day:
        raise InvalidCell(_("Choose its day."))
    if not amount:
        raise InvalidCell(_("Enter its amount."))
    return cells.day(day, options), cells.amount(amount, options), cells.name(called, options) if called else ""
