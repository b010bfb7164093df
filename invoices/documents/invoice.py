"""The invoice of a bill or installment, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from billing.models import Bill
from invoices.documents.days import print_day
from invoices.documents.items import Item, Total, item_of
from invoices.documents.letterheads import Letterhead, Party, letterhead_of, party_of
from invoices.documents.qr import draw_qr
from invoices.models import Invoice
from invoices.pages.amounts import currency_label, format_amount
from invoices.pages.facts import Fact, number_fact, sums_of
from invoices.services.orders import payable_url
from invoices.services.payables import Payable, document_of, invoices_of, was_given_back


@dataclass(frozen=True, kw_only=True)
class InvoiceDocument:
    """`tone` is the status's: calm, good, warn."""

    letterhead: Letterhead
    number: str
    status: str
    tone: str
    party: Party
    facts: list[Fact]
    amount_label: str
    amount: str
    currency: str
    items: list[Item]
    totals: list[Total]
    can_be_paid: bool
    url: str
    qr: SafeString


def build_invoice(payable: Payable, *, language: str, today: date, in_full: bool) -> InvoiceDocument:
    """
    What is owed and what was paid of it, in the active language, which `language` names.

    :param today: the merchant's own day
    :param in_full: whether the customer's name and phone are printed whole
    """
    document, url = document_of(payable), payable_url(payable)
    invoice = invoices_of(payable).order_by("-issue_no").first()
    status, tone = describe_status(payable, today=today)
    return InvoiceDocument(
        letterhead=letterhead_of(payable.merchant, language),
        number=invoice.number if invoice else str(document),
        status=status,
        tone=tone,
        party=party_of(document, merchant=payable.merchant, in_full=in_full),
        facts=_facts(payable, invoice, language),
        amount_label=_("Still owed") if payable.amount_due > 0 else _("Total"),
        amount=format_amount(payable.amount_due or payable.amount, document.currency),
        currency=currency_label(document.currency, language),
        items=[item_of(payable, amount=format_amount(payable.amount, document.currency))],
        totals=_totals(payable, document.currency),
        can_be_paid=payable.amount_due > 0,
        url=url,
        qr=draw_qr(url),
    )


def describe_status(payable: Payable, *, today: date) -> tuple[str, str]:
    """In a word or two, and in which tone."""
    if was_given_back(payable):
        return _("Refunded"), "calm"
    if payable.status == "PAID":
        return _("Paid"), "good"
    if payable.status in ("CANCELLED", "SKIPPED"):
        return _("Cancelled"), "calm"
    if payable.due_date < today:
        return _("Overdue"), "warn"
    return (_("Partly paid") if payable.amount_paid else _("Awaiting payment")), "calm"


def _facts(payable: Payable, invoice: Invoice | None, language: str) -> list[Fact]:
    merchant = payable.merchant
    numbers: list[Fact] = []
    days: dict[str, date] = {}
    if invoice is not None:
        numbers = [number_fact(payable)]  # without an invoice it stands at the top
        days[_("Issued on")] = merchant.local_date(invoice.created_at)
    days[_("Due date")] = payable.due_date
    if payable.paid_at is not None:
        days[_("Paid on")] = merchant.local_date(payable.paid_at)
    dated = [Fact(label=label, value=print_day(day, merchant, language)) for label, day in days.items()]
    return [*numbers, *dated]


def _totals(payable: Payable, currency: str) -> list[Total]:
    sums = sums_of(payable).items()
    lines = [Total(label=label, amount=format_amount(amount, currency)) for label, amount in sums]
    result = Total(label=_("Still owed"), amount=format_amount(payable.amount_due, currency), is_result=True)
    return [*lines, result]


def invoice_file_name(payable: Payable) -> str:
    """ASCII, as numbers of ours are: `invoice-SUB-20251201-0001-5.pdf`."""
    sequence = "" if isinstance(payable, Bill) else f"-{payable.sequence}"
    return f"invoice-{document_of(payable)}{sequence}.pdf"
