"""The same documents as staff print them: for a customer they know, in full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from billing.models import Customer
from invoices.documents.papers import Paper, account_paper, clearance_paper, invoice_paper, receipt_paper
from invoices.models import Payment
from invoices.services.payables import Payable
from invoices.services.receipts import number_receipt
from subscriptions.models import Installment

# A row, the language, and the merchant's own day.
Printer = Callable[[Any, str, date], Paper]


def print_invoice(payable: Payable, language: str, today: date) -> Paper:
    return invoice_paper(payable, language=language, today=today, in_full=True)


def print_receipt(payment: Payment, language: str, today: date) -> Paper:
    payment.receipt_no = payment.receipt_no or number_receipt(payment_id=payment.pk)
    return receipt_paper(payment, language=language, in_full=True)


def print_receipt_roll(payment: Payment, language: str, today: date) -> Paper:
    payment.receipt_no = payment.receipt_no or number_receipt(payment_id=payment.pk)
    return receipt_paper(payment, language=language, format="80mm", in_full=True)


def print_account(customer: Customer, language: str, today: date) -> Paper:
    return account_paper(customer, language=language, today=today, in_full=True)


def print_clearance(installment: Installment, language: str, today: date) -> Paper:
    """:raises PlanNotCleared: something of its plan is still owed"""
    return clearance_paper(installment.subscription, language=language, today=today, in_full=True)
