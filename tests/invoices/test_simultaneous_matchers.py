"""Statements compared by two at once: a payment has one line, and nobody fails."""

from __future__ import annotations

import pytest
from django.db import transaction

from invoices.models import GatewayAccount, GatewayStatementLine
from invoices.payouts.matching import compare_again, match_lines
from tests.invoices.payouts.statements import found_in, imported, paid
from tests.invoices.reports.books import Books
from tests.invoices.test_simultaneous_merges import Beside, on_postgresql

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["on_postgresql"]


def test_who_compares_waits_for_whoever_is_comparing_and_gives_no_payment_twice() -> None:
    books = Books("Asia/Amman")
    payment = paid(books, "10")
    assert payment.invoice
    reference = payment.invoice.reference
    header = "Reference,Merchant id,Gross,Date"
    set_apart = imported(books, f"{reference},second-account,10,2026-03-02", header=header)
    GatewayAccount.objects.filter(pk=books.account.pk).update(merchant_code="second-account")
    compared = imported(books, f"{reference},,10,2026-03-02", header=header)
    compared.lines.update(finding="NEW", payment=None)

    with transaction.atomic():
        match_lines(merchant_id=books.merchant.pk)
        again = Beside(lambda: compare_again(merchant_id=books.merchant.pk, statement_id=set_apart.pk))
    again.end()

    assert found_in(compared) == [(reference, "MATCHED", "T-1")]
    assert found_in(set_apart) == [(reference, "DOUBLED", None)]
    assert GatewayStatementLine.objects.filter(payment=payment).count() == 1
