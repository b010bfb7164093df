"""The reports on the gateway's statements: figures that can be added up by hand, and links to what they count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from billing.clock import database_now
from billing.models import Role
from invoices.models import GatewayStatement, GatewayStatementLine
from invoices.payouts.withdrawing import withdraw_statement
from invoices.reports.payouts import gateway_fees, payouts
from invoices.reports.reconciled import reconciliation
from invoices.reports.tables import Listed, Report, Row
from tests.invoices.payouts.statements import imported, line_of, paid
from tests.invoices.reports.books import Books, span_of
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH = date(2026, 2, 27), date(2026, 3, 2)


@pytest.fixture
def books() -> Books:
    """A month's end: two agree, one differs, one came twice, one is nobody's; one of ours is missing, one too new."""
    books = Books("Asia/Amman")
    paid(books, "99", date(2026, 2, 20))  # before the first statement
    first, second, differing = (paid(books, amount, FEBRUARY) for amount in ("10", "20.500", "30"))
    paid(books, "7.125", date(2026, 2, 28))  # no statement mentions it
    paid(books, "8", date(2026, 3, 9))  # the next one may
    books.cash(books.bill(), Decimal("5"), books.at(date(2026, 2, 28), 12))
    imported(
        books,
        line_of(first, fee="0.125", day=FEBRUARY),
        line_of(second, fee="0.250", day=FEBRUARY),
        line_of(second, fee="0.250", day=FEBRUARY),
        line_of(differing, gross="29", fee="0.250", day=FEBRUARY),
        "NOBODYS,,Sale,4,0.1,3.9,2026-03-10,S-2,2026-03-12",
        ",,Fee,1.500,,,2026-03-10,,",
    )
    return books


def plain(report: Report) -> list[Row]:
    return [tuple(str(value) if isinstance(value, Listed) else value for value in row) for row in report.rows]


def test_what_was_found_has_its_number_sum_and_difference(books: Books, django_assert_max_num_queries: Any) -> None:
    stranger = Books("Asia/Amman", username="stranger")
    imported(stranger, line_of(paid(stranger, "77"), day=FEBRUARY))

    with django_assert_max_num_queries(5):
        report = reconciliation(span_of(books.merchant))

    assert plain(report) == [
        ("Agrees", 2, Decimal("30.500"), None),
        ("Unknown to us", 1, Decimal("4.000"), None),
        ("Amount differs", 1, Decimal("29.000"), Decimal("-1.000")),
        ("Stated twice", 1, Decimal("20.500"), None),
        ("Fee or adjustment", 1, Decimal("0.000"), None),
        ("Payments that no statement mentions", 1, Decimal("7.125"), None),
        ("Payments that the next statement should mention", 1, Decimal("8.000"), None),
    ]
    assert "Statements begin with 27 Feb 2026 and reach until 10 Mar 2026." in report.notes


def test_every_finding_leads_to_the_list_of_exactly_its_rows(books: Books) -> None:
    auditor = signed_in(make_staff(books.merchant, Role.AUDITOR, username="auditor"))

    for heading, number, _sum, _difference in reconciliation(span_of(books.merchant)).rows:
        assert isinstance(heading, Listed)
        app, model = heading.model.split("_")
        page = auditor.get(f"/admin/{app}/{model}/?{urlencode(heading.query)}")
        assert len(page.context["cl"].result_list) == number, str(heading)


def test_payouts_and_months_add_up_without_what_was_stated_twice(books: Books) -> None:
    span = span_of(books.merchant)
    rate = Decimal("1.05")  # 0.625 of 59.500

    assert plain(payouts(span)) == [
        ("S-1", date(2026, 3, 5), 3, Decimal("59.500"), Decimal("0.625"), Decimal("58.875"), rate),
        ("S-2", date(2026, 3, 12), 1, Decimal("4.000"), Decimal("0.100"), Decimal("3.900"), Decimal("2.50")),
        ("Without a payout number", None, 1, Decimal("0.000"), Decimal("1.500"), Decimal("-1.500"), None),
    ]
    assert plain(gateway_fees(span)) == [
        (date(2026, 1, 1), 0, Decimal("0.000"), Decimal("0.000"), Decimal("0.000"), None),
        (date(2026, 2, 1), 3, Decimal("59.500"), Decimal("0.625"), Decimal("58.875"), rate),
        (date(2026, 3, 1), 2, Decimal("4.000"), Decimal("1.600"), Decimal("2.400"), Decimal("40.00")),
    ]
    assert "Altogether the fees are 3.50% of the gross." in gateway_fees(span).notes


def test_the_reports_begin_with_the_last_statement_and_its_page_leads_to_them(
    books: Books, django_assert_max_num_queries: Any
) -> None:
    auditor = signed_in(make_staff(books.merchant, Role.AUDITOR, username="auditor"))
    statement = GatewayStatement.objects.get()
    expected = {"reconciliation": ("2026-02-27", "2026-03-10"), "payouts": ("2026-03-05", "2026-03-12")}

    own_page = auditor.get(f"/admin/invoices/gatewaystatement/{statement.pk}/change/").content.decode()

    for name, (first, last) in expected.items():
        with django_assert_max_num_queries(12):
            page = auditor.get(f"/admin/reports/{name}/")
        data = page.context["form"].data
        assert (data["from"], data["to"]) == (first, last)
        assert page.context["table"]["rows"]
        assert page.context["chart"] is not None
        title, _query, is_shown = page.context["form"].presets()[0]
        assert (str(title), is_shown) == ("Last statement", True)
        assert f"/admin/reports/{name}/?merchant={books.merchant.pk}&amp;currency=JOD&amp;from={first}" in own_page


def test_a_payout_without_a_day_has_its_bar(books: Books) -> None:
    GatewayStatementLine.objects.filter(payout_reference="S-1").update(payout_on=None)

    chart = payouts(span_of(books.merchant, to_date=date(2026, 3, 9))).chart

    assert chart is not None
    assert chart.labels == [FEBRUARY]
    assert [values for _title, values in chart.series] == [[Decimal("58.875")], [Decimal("0.625")]]


def test_a_payout_leads_to_its_lines(books: Books) -> None:
    auditor = signed_in(make_staff(books.merchant, Role.AUDITOR, username="auditor"))
    found = []

    for heading, *_figures in payouts(span_of(books.merchant)).rows:
        assert isinstance(heading, Listed)
        page = auditor.get(f"/admin/invoices/gatewaystatementline/?{urlencode(heading.query)}")
        found.append([line.number for line in page.context["cl"].result_list])

    # The list has what was stated twice too, and says so.
    assert [sorted(numbers) for numbers in found] == [[2, 3, 4, 5], [6], [7]]


def test_a_withdrawn_statement_counts_nowhere(books: Books) -> None:
    statement = GatewayStatement.objects.get()

    withdraw_statement(
        merchant_id=books.merchant.pk, statement_id=statement.pk, user=statement.imported_by, now=database_now()
    )

    span = span_of(books.merchant)
    assert not [*reconciliation(span).rows, *payouts(span).rows, *gateway_fees(span).rows]
    assert "No statement of the gateway was imported yet." in reconciliation(span).notes
