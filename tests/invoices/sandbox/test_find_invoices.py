"""`GET api/v1/invoice/<id>` and `GET api/v1/invoice-dashboard`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.invoices.sandbox.merchant import Merchant


def test_one_invoice_is_shown_by_its_id(merchant: Merchant) -> None:
    invoice = merchant.created()

    answer = merchant.get(f"invoice/{invoice['id']}")

    assert answer.status_code == 200
    assert merchant.open(answer) == {"status": True, "message": "Invoice details", "response": invoice}


@pytest.mark.parametrize("key", ["0", "999999", "9" * 30, "x", "٣"])
def test_an_id_of_nobody_is_a_404_without_status(merchant: Merchant, key: str) -> None:
    answer = merchant.get(f"invoice/{key}")

    assert answer.status_code == 404
    assert merchant.open(answer) == {"message": "Invoice not found"}


def test_strangers_see_no_invoice_by_id(merchant: Merchant, stranger: Merchant) -> None:
    invoice = merchant.created()

    assert stranger.get(f"invoice/{invoice['id']}").status_code == 404


def test_the_search_shows_pages_of_ten_newest_first(merchant: Merchant) -> None:
    for number in range(23):
        merchant.created(referenceNumber=f"INV-{number:02}")

    newest = _search(merchant, "INV")
    oldest = _search(merchant, "INV", page="3")

    assert _references(newest) == [f"INV-{number:02}" for number in range(22, 12, -1)]
    assert _references(oldest) == ["INV-02", "INV-01", "INV-00"]
    assert {name: newest[name] for name in newest if name != "data"} == {
        "current_page": 1,
        "from": 1,
        "last_page": 3,
        "per_page": 10,
        "to": 10,
        "total": 23,
    }
    assert (oldest["current_page"], oldest["from"], oldest["to"]) == (3, 21, 23)


def test_the_search_matches_any_part(merchant: Merchant) -> None:
    merchant.created(referenceNumber="INV-1")
    merchant.created(referenceNumber="INV-10", customerName="Laila")
    merchant.created(referenceNumber="OTHER")

    assert _references(_search(merchant, "INV-1")) == ["INV-10", "INV-1"]
    assert _references(_search(merchant, "laila")) == ["INV-10"]
    assert _references(_search(merchant, "")) == ["OTHER", "INV-10", "INV-1"]
    assert _references(_search(merchant, "%")) == []


def test_a_search_without_a_find_is_an_empty_page(merchant: Merchant) -> None:
    assert _search(merchant, "INV") == {
        "current_page": 1,
        "data": [],
        "from": None,
        "last_page": 1,
        "per_page": 10,
        "to": None,
        "total": 0,
    }


@pytest.mark.parametrize("page", ["0", "-1", "NaN", "", "9" * 40, "1e3"])
def test_a_page_that_is_no_number_is_the_first(merchant: Merchant, page: str) -> None:
    merchant.created()

    assert _search(merchant, "", page=page)["current_page"] == 1


def test_a_page_beyond_the_last_is_empty(merchant: Merchant) -> None:
    merchant.created()

    beyond = _search(merchant, "", page="7")

    assert (beyond["data"], beyond["current_page"], beyond["last_page"]) == ([], 7, 1)


def test_strangers_find_nothing(merchant: Merchant, stranger: Merchant) -> None:
    merchant.created(referenceNumber="INV-1")

    assert _search(stranger, "INV-1")["data"] == []


def test_a_search_costs_no_query_per_invoice(merchant: Merchant, django_assert_max_num_queries: Any) -> None:
    for _ in range(10):
        merchant.created()

    with django_assert_max_num_queries(9):
        _search(merchant, "")


def test_a_search_without_data_is_unreadable(merchant: Merchant) -> None:
    answer = merchant.client.get("/sandbox/api/v1/invoice-dashboard?search=INV", headers=merchant.headers)

    assert (answer.status_code, answer.json()["code"]) == (422, 506)


def _search(merchant: Merchant, text: str, **query: str) -> dict[str, Any]:
    answer = merchant.get("invoice-dashboard", search=text, **query)
    assert answer.status_code == 200
    page: dict[str, Any] = merchant.open(answer)["response"]["invoices"]
    return page


def _references(page: dict[str, Any]) -> list[str]:
    return [invoice["reference_number"] for invoice in page["data"]]
