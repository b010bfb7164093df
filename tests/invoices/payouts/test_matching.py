"""Lines of the gateway's statements held against what is booked, and never the other way round."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.clock import database_now
from invoices.models import GatewayAccount, GatewayStatementLine, Payment
from invoices.payouts import doubles, pairing
from invoices.payouts.matching import compare_again, match_all
from tests.invoices.payouts.statements import HEADER, found_in, imported, line_of, paid
from tests.invoices.reports.books import Books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return Books("Asia/Amman")


def test_each_line_gets_its_finding_and_no_payment_changes(books: Books) -> None:
    agreeing, differing, adding_up_wrong, twice = (paid(books, amount) for amount in ("10", "20", "30", "40"))
    before = list(Payment.objects.order_by("pk").values())

    statement = imported(
        books,
        line_of(agreeing),
        line_of(differing, gross="20.500"),
        f"{adding_up_wrong.transaction_token},,Sale,30,0.300,29.500,2026-03-02,S-1,2026-03-05",
        line_of(twice),
        line_of(twice),
        "NOBODYS,,Sale,5,0.1,4.9,2026-03-02,S-1,2026-03-05",
        ",,Fee,1.500,,,2026-03-02,S-1,2026-03-05",
        ",,Adjustment,-2,,,2026-03-02,S-1,2026-03-05",
    )

    assert found_in(statement) == [
        ("T-1", "MATCHED", "T-1"),
        ("T-2", "AMOUNT_DIFFERS", "T-2"),
        ("T-3", "NET_DIFFERS", "T-3"),
        ("T-4", "MATCHED", "T-4"),
        ("T-4", "DOUBLED", None),
        ("NOBODYS", "UNKNOWN", None),
        (f"{statement} · 8", "CHARGE", None),
        (f"{statement} · 9", "CHARGE", None),
    ]
    assert list(Payment.objects.order_by("pk").values()) == before


def test_a_transaction_of_an_earlier_statement_is_doubled(books: Books) -> None:
    payment = paid(books, "10")
    imported(books, line_of(payment))

    later = imported(books, line_of(payment), line_of(paid(books, "11")))

    assert found_in(later) == [("T-1", "DOUBLED", None), ("T-2", "MATCHED", "T-2")]


def test_our_reference_and_the_gateways_number_tell_a_payment_too(books: Books) -> None:
    by_reference, by_number = paid(books, "10"), paid(books, "20")
    assert by_reference.invoice
    assert by_number.invoice
    by_number.invoice.gateway_id = "GW-77"
    by_number.invoice.save()

    statement = imported(
        books,
        f"BANK-1,{by_reference.invoice.reference},,10,0,10,2026-03-02",
        f",{by_reference.invoice.reference},,10,0,10,2026-03-02",
        ",,GW-77,20,0,20,2026-03-02",
        header="Transaction id,Reference,Invoice number,Gross,Fee,Net,Date",
    )

    assert found_in(statement) == [
        ("BANK-1", "MATCHED", "T-1"),
        (by_reference.invoice.reference, "DOUBLED", None),
        ("GW-77", "MATCHED", "T-2"),
    ]


def test_one_payment_counts_once_however_two_statements_name_it(books: Books) -> None:
    by_transaction, by_reference, by_number = (paid(books, amount) for amount in ("10", "20", "30"))
    assert by_transaction.invoice
    assert by_reference.invoice
    assert by_number.invoice
    by_number.invoice.gateway_id = "GW-77"
    by_number.invoice.save()
    ours, theirs = by_transaction.invoice.reference, by_reference.invoice.reference
    header = "Transaction id,Reference,Invoice number,Gross,Date"
    imported(books, "T-1,,,10,2026-03-02", f",{theirs},,20,2026-03-02", "T-3,,,30,2026-03-02", header=header)

    second = imported(
        books,
        f",{ours},,10,2026-03-02",
        "T-2,,,20,2026-03-02",
        ",,GW-77,30,2026-03-02",
        f"BANK-9,{theirs},,20,2026-03-02",
        header=header,
    )

    assert [(finding, token) for _line, finding, token in found_in(second)] == [
        ("DOUBLED", None),
        ("DOUBLED", None),
        ("DOUBLED", None),
        ("UNKNOWN", None),
    ]


def test_a_customer_who_paid_twice_is_found_when_the_second_payment_is_booked(books: Books) -> None:
    first = paid(books, "10")
    assert first.invoice
    line = f",{first.invoice.reference},Sale,10,0,10,2026-03-02,,"
    statement = imported(books, line, line)
    assert [finding for _line, finding, _token in found_in(statement)] == ["MATCHED", "DOUBLED"]
    second = paid(books, "10")
    Payment.objects.filter(pk=second.pk).update(invoice=first.invoice)

    match_all(now=database_now())

    assert [(finding, token) for _line, finding, token in found_in(statement)] == [
        ("MATCHED", "T-1"),
        ("MATCHED", "T-2"),
    ]


def test_two_payments_of_one_invoice_go_to_the_lines_of_their_amounts(books: Books) -> None:
    first = paid(books, "4")
    second = paid(books, "6")
    assert first.invoice
    Payment.objects.filter(pk=second.pk).update(invoice=first.invoice)
    reference = first.invoice.reference

    statement = imported(
        books, f",{reference},Sale,6,0,6,2026-03-02,,", f",{reference},Sale,4,0,4,2026-03-02,,", header=HEADER
    )

    assert [(finding, token) for _line, finding, token in found_in(statement)] == [
        ("MATCHED", "T-2"),
        ("MATCHED", "T-1"),
    ]


def test_another_merchants_payment_is_never_matched(books: Books) -> None:
    stranger = Books("Asia/Amman", username="stranger")
    theirs = paid(stranger, "10")
    assert theirs.invoice

    statement = imported(
        books,
        line_of(theirs),
        f",{theirs.invoice.reference},Sale,10,0,10,2026-03-02,,",
        f"{theirs.transaction_token}x,,Sale,10,0,10,2026-03-02,,",
    )

    assert {finding for _line, finding, _token in found_in(statement)} == {"UNKNOWN"}
    assert imported(stranger, line_of(theirs)).lines.get().payment == theirs


def test_a_line_of_another_account_is_set_apart_and_a_closed_one_is_still_ours(books: Books) -> None:
    payment = paid(books, "10")
    GatewayAccount.objects.filter(pk=books.account.pk).update(replaced_at=database_now())
    header = "Transaction id,Merchant id,Gross,Date"

    statement = imported(
        books,
        f"{payment.transaction_token},somebody-else,10,2026-03-02",
        f"{payment.transaction_token},{books.account.merchant_code},10,2026-03-02",
        header=header,
    )

    assert found_in(statement) == [("T-1", "OTHER_ACCOUNT", None), ("T-1", "MATCHED", "T-1")]


def test_a_payment_that_comes_later_is_found_by_the_sweep(books: Books, django_assert_max_num_queries: Any) -> None:
    statement = imported(books, "T-1,,Sale,10,0,10,2026-03-02,,")
    assert found_in(statement) == [("T-1", "UNKNOWN", None)]
    paid(books, "10")

    match_all(now=database_now())
    match_all(now=database_now())

    assert found_in(statement) == [("T-1", "MATCHED", "T-1")]
    now = database_now()
    with django_assert_max_num_queries(1):  # nothing waits any more
        match_all(now=now)


def test_comparing_again_looks_at_everything_that_does_not_agree(books: Books) -> None:
    payment = paid(books, "10")
    statement = imported(books, line_of(payment, gross="12"), "T-X,,Sale,1,0,1,2026-03-02,,")
    assert [finding for _line, finding, _token in found_in(statement)] == ["AMOUNT_DIFFERS", "UNKNOWN"]
    Payment.objects.filter(pk=payment.pk).update(amount=Decimal("12"), transaction_token="T-X")

    compare_again(merchant_id=books.merchant.pk, statement_id=statement.pk)

    assert found_in(statement) == [("T-1", "UNKNOWN", None), ("T-X", "AMOUNT_DIFFERS", "T-X")]


def test_refunds_are_held_against_those_that_were_given_back_at_the_gateway(books: Books) -> None:
    payment, other = paid(books, "30"), paid(books, "40")
    day = books.at(date(2026, 3, 3), 12)
    books.refund(payment, Decimal("7"), day, method="GATEWAY")
    books.refund(payment, Decimal("5"), day, method="GATEWAY")
    books.refund(other, Decimal("9"), day, method="CASH")

    statement = imported(
        books,
        line_of(payment),
        f"{payment.transaction_token},,Refund,5,0,5,2026-03-03,,",
        f"{payment.transaction_token},,Refund,-7,0,-7,2026-03-03,,",
        f"{payment.transaction_token},,Refund,-7,0,-7,2026-03-03,,",
        f"{other.transaction_token},,Refund,-9,0,-9,2026-03-03,,",
    )

    lines = GatewayStatementLine.objects.filter(statement=statement).order_by("number")
    assert [(line.finding, line.refund and line.refund.amount) for line in lines] == [
        ("MATCHED", None),
        ("MATCHED", Decimal("5.000")),
        ("MATCHED", Decimal("7.000")),
        ("UNKNOWN", None),
        ("UNKNOWN", None),
    ]


def test_matching_costs_no_query_for_each_line(books: Books, django_assert_max_num_queries: Any) -> None:
    statement = imported(books, *(line_of(paid(books, str(amount))) for amount in range(1, 31)))
    statement.lines.update(finding="NEW", payment=None)

    with django_assert_max_num_queries(28):
        match_all(now=database_now())

    assert {finding for _line, finding, _token in found_in(statement)} == {"MATCHED"}


def test_a_statement_of_many_lines_is_compared_some_at_a_time(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (doubles, pairing):
        monkeypatch.setattr(module, "LINES_AT_ONCE", 2)
    first, second, other = (paid(books, amount) for amount in ("4", "6", "9"))
    Payment.objects.filter(pk=second.pk).update(invoice=first.invoice)
    assert first.invoice
    of_invoice = f",{first.invoice.reference},Sale,"

    statement = imported(
        books,
        f"{of_invoice}5,0,5,2026-03-02,,",
        "NOBODYS,,Sale,1,0,1,2026-03-02,,",
        line_of(other),
        f"{of_invoice}6,0,6,2026-03-02,,",
        "NOBODYS,,Sale,1,0,1,2026-03-02,,",
        f"{of_invoice}6,0,6,2026-03-02,,",
        line_of(other),
    )

    assert [(finding, token) for _line, finding, token in found_in(statement)] == [
        ("AMOUNT_DIFFERS", "T-1"),
        ("UNKNOWN", None),
        ("MATCHED", "T-3"),
        ("MATCHED", "T-2"),
        ("DOUBLED", None),
        ("DOUBLED", None),
        ("DOUBLED", None),
    ]


def test_no_statement_holds_each_line_against_each(books: Books) -> None:
    payment = paid(books, "10")
    imported(books, line_of(payment))
    statement = imported(books, line_of(paid(books, "11")), line_of(payment))
    statement.lines.update(finding="NEW", payment=None)

    with CaptureQueriesContext(connection) as asked:
        match_all(now=database_now())

    changed = [each["sql"] for each in asked if each["sql"].startswith('UPDATE "invoices_gatewaystatementline"')]
    assert changed
    assert not [sql for sql in changed if 'FROM "invoices_gatewaystatementline"' in sql]
