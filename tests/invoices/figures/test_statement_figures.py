"""What the gateway's statements leave open stands on home's worklist, for whoever sees statements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from billing.models import Role
from invoices.models import FiguresCount
from invoices.services.figures.keeping import count_figures
from tests.factories import make_merchant
from tests.invoices.payouts.statements import imported, line_of, paid
from tests.invoices.reports.books import Books
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

WANTED = {
    "Statement lines unknown to us": (1, "4.000"),
    "Statement lines whose amount differs": (2, "41.000"),
    "Statement lines that do not add up": (1, "30.000"),
    "Payments that a statement leaves out": (1, "70.000"),
}


@pytest.fixture
def books() -> Books:
    """All of it happened in March; one payment the statement leaves out is of long before."""
    books = Books("Asia/Amman")
    first, second, third = (paid(books, amount) for amount in ("10", "30", "31"))
    paid(books, "70", date(2026, 3, 1))
    paid(books, "71", date(2025, 10, 1))
    imported(
        books,
        line_of(first, gross="10.500"),
        line_of(third, gross="30.500"),
        f"{second.transaction_token},,Sale,30,0.300,29.500,2026-03-02,S-1,2026-03-05",
        "NOBODYS,,Sale,4,0.1,3.9,2026-03-20,S-1,2026-03-25",
        ",,Fee,1.5,,,2025-09-01,S-1,2026-03-05",
    )
    return books


def figures_of(client: Client) -> dict[str, Any]:
    return {str(figure.title): figure for figure in client.get("/admin/").context["attention"]}


@pytest.mark.parametrize("is_kept", [False, True])
def test_each_is_counted_and_leads_to_its_rows(is_kept: bool, books: Books) -> None:
    with time_machine.travel(books.at(date(2026, 3, 26), 9), tick=False):
        if is_kept:
            count_figures(merchant=books.merchant, now=books.at(date(2026, 3, 26), 9))
            FiguresCount.objects.update(open_rows=1_000_000)
        manager = signed_in(make_staff(books.merchant, Role.MANAGER))
        found = figures_of(manager)

        for title, (count, amount) in WANTED.items():
            assert (found[title].count, amount in found[title].sums) == (count, True), title
        for title in WANTED:
            rows = manager.get(found[title].url).context["cl"].result_list
            assert sum((row.amount for row in rows), Decimal()) == Decimal(WANTED[title][1]), title


def test_who_sees_no_statements_and_a_stranger_are_told_of_none(books: Books) -> None:
    clerk = signed_in(make_staff(books.merchant, Role.CLERK))
    stranger = signed_in(make_staff(make_merchant("stranger"), username="stranger"))

    with time_machine.travel(books.at(date(2026, 3, 26), 9), tick=False):
        assert not set(figures_of(clerk)) & set(WANTED)
        assert not set(figures_of(stranger)) & set(WANTED)
