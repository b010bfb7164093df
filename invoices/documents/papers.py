"""Every document by its name: its facts, what they are printed with, and the name of the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from django.utils.translation import override

from billing.models import Customer
from invoices.documents.account import build_account
from invoices.documents.clearance import build_clearance
from invoices.documents.invoice import build_invoice, invoice_file_name
from invoices.documents.letterheads import Letterhead
from invoices.documents.receipt import build_receipt
from invoices.documents.rendering import ROLL, SHEET, render_pdf
from invoices.models import Payment
from invoices.services.payables import Payable
from subscriptions.models import Subscription

Format = Literal["a4", "80mm"]


class Document(Protocol):
    @property
    def letterhead(self) -> Letterhead: ...


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document that can be printed; its facts are read, nothing is drawn yet."""

    template: str
    document: Document
    number: str
    file_name: str
    language: str
    style: str = SHEET


def print_paper(paper: Paper) -> bytes:
    """:raises PdfUnavailable: this machine cannot make PDF"""
    letterhead = paper.document.letterhead
    context = {"document": paper.document, "letterhead": letterhead, "number": paper.number}
    return render_pdf(paper.template, context, language=paper.language, style=paper.style, files=letterhead.files)


def invoice_paper(payable: Payable, *, language: str, today: date, in_full: bool = False) -> Paper:
    """:param in_full: for staff: the customer's name and phone whole. The same of the others below."""
    with override(language):
        document = build_invoice(payable, language=language, today=today, in_full=in_full)
    return Paper(
        template="documents/invoice.html",
        document=document,
        number=document.number,
        file_name=invoice_file_name(payable),
        language=language,
    )


def receipt_paper(payment: Payment, *, language: str, format: Format = "a4", in_full: bool = False) -> Paper:
    """:param payment: one that has its number"""
    with override(language):
        document = build_receipt(payment, language=language, in_full=in_full)
    is_roll = format == "80mm"
    return Paper(
        template="documents/receipt_roll.html" if is_roll else "documents/receipt.html",
        document=document,
        number=document.receipt.number,
        file_name=f"receipt-{document.receipt.number}.pdf",
        language=language,
        style=ROLL if is_roll else SHEET,
    )


def account_paper(customer: Customer, *, language: str, today: date, in_full: bool = False) -> Paper:
    with override(language):
        document = build_account(customer, language=language, today=today, in_full=in_full)
    return Paper(
        template="documents/account.html",
        document=document,
        number="",
        file_name=f"statement-{today:%Y%m%d}.pdf",
        language=language,
    )


def clearance_paper(plan: Subscription, *, language: str, today: date, in_full: bool = False) -> Paper:
    """:raises PlanNotCleared: not everything is paid"""
    with override(language):
        document = build_clearance(plan, language=language, today=today, in_full=in_full)
    return Paper(
        template="documents/clearance.html",
        document=document,
        number=document.number,
        file_name=f"clearance-{document.number}.pdf",
        language=language,
    )
