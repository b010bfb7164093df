"""The tables of a shift: what was counted, and what was taken and given back."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.cells import NOTHING, above, alarming, instant, isolated, link, money, number
from billing.admin.screens.documents import Column, Section
from billing.money import ZERO
from invoices.models import Payment, Shift, ShiftCount, ShiftEntry
from invoices.services.shifts import METHODS, expected_in

_DOCUMENTS = ("customer", "bill", "installment__subscription")
_RELATED = [f"{of}__{name}" for of in ("payment", "refund__payment") for name in _DOCUMENTS]


def difference_cell(counts: Iterable[ShiftCount], currency: str) -> SafeString:
    """One method's money makes up for no other's."""
    differences = {count.method: count.counted - count.expected for count in counts if count.counted != count.expected}
    lines = [
        format_html("<div>{}</div>", _difference(differences[method], currency, method))
        for method in METHODS
        if method in differences
    ]
    return SafeString("".join(lines))


def counts_section(shift: Shift) -> Section:
    counted = {count.method: count for count in shift.counts.all()}
    expected = expected_in(shift) if shift.is_open else {}
    rows = []
    for method in METHODS:
        count = counted.get(method)
        shown = _counted(count, shift.currency) if count else [money(expected[method], shift.currency)]
        rows.append((method.label, *shown, *[isolated("")] * (3 - len(shown))))
    columns = (
        Column(title=_("Method")),
        Column(title=_("Should be there"), is_numeric=True),
        Column(title=_("Counted"), is_numeric=True),
        Column(title=_("Difference"), is_numeric=True),
    )
    return Section(title=_("Counted"), columns=columns, rows=rows)


def entries_section(shift: Shift) -> Section:
    """Each by its document and receipt, so that the money can be looked up; then the sum of each method."""
    entries = list(shift.entries.select_related(*_RELATED).order_by("pk"))
    columns = (
        Column(title=_("When")),
        Column(title=_("For")),
        Column(title=_("Method")),
        Column(title=_("Amount"), is_numeric=True),
    )
    rows = [_entry(entry, shift.currency) for entry in entries]
    return Section(
        title=_("Taken and given back"),
        columns=columns,
        rows=[*rows, *_sums(entries, shift.currency)],
        empty=_("Nothing yet."),
    )


def _counted(count: ShiftCount, currency: str) -> list[SafeString]:
    difference = _difference(count.counted - count.expected, currency)
    return [money(count.expected, currency), money(count.counted, currency), difference]


def _difference(difference: Decimal, currency: str, method: Payment.Method | None = None) -> SafeString:
    """A shortage stands out."""
    amount = money(difference, currency)
    shown = format_html("{}: {}", method.label, amount) if method else amount
    return alarming(shown) if difference < 0 else shown


def _entry(entry: ShiftEntry, currency: str) -> tuple[object, ...]:
    payment, when = _source(entry)
    method, amount = _moved(entry)
    return (
        above(when, isolated(payment.customer.name)),
        above(link(payment.payable), number(payment.receipt_no or NOTHING)),
        method.label if entry.payment else above(method.label, _("Refund")),
        money(amount, currency),
    )


def _source(entry: ShiftEntry) -> tuple[Payment, SafeString]:
    """The payment it is about, and when it was."""
    if entry.payment is not None:
        return entry.payment, link(entry.payment, instant(entry.payment.received_at))
    refund = entry.refund
    assert refund is not None  # shift_entry_is_a_payment_or_a_refund
    return refund.payment, link(refund, instant(refund.done_at))


def _moved(entry: ShiftEntry) -> tuple[Payment.Method, Decimal]:
    """What went back is below zero."""
    moved = entry.payment or entry.refund
    assert moved is not None  # shift_entry_is_a_payment_or_a_refund
    return Payment.Method(moved.method), moved.amount if entry.payment else -moved.amount


def _sums(entries: Iterable[ShiftEntry], currency: str) -> list[tuple[object, ...]]:
    sums: dict[Payment.Method, Decimal] = {}
    for method, amount in map(_moved, entries):
        sums[method] = sums.get(method, ZERO) + amount
    return [
        (_strong(_("Together")), "", _strong(method.label), _strong(money(sums[method], currency)))
        for method in METHODS
        if method in sums
    ]


def _strong(text: object) -> SafeString:
    return format_html("<strong>{}</strong>", text)
