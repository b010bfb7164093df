"""`control/`: switching faults and reading the book."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from invoices.sandbox.models import SandboxFault, SandboxInvoice
from tests.invoices.sandbox.merchant import Merchant


def test_the_book_counts_invoices_and_calls_by_reference(merchant: Merchant) -> None:
    merchant.created(referenceNumber="INV-1")
    merchant.created(referenceNumber="INV-2")
    token = merchant.created(referenceNumber="INV-2")["token"]
    merchant.put(f"invoice/{token}", statusId="3")
    merchant.create(referenceNumber="INV-3", amount="1")

    book = Client().get("/sandbox/control/").json()

    account = {"account": merchant.credentials.access_code, "merchant_code": "842217"}
    assert book == {
        "book": [
            account | {"reference": "INV-1", "invoices": 1, "not_cancelled": 1, "statuses": [0], "create_calls": 1},
            account | {"reference": "INV-2", "invoices": 2, "not_cancelled": 1, "statuses": [0, 3], "create_calls": 2},
            account | {"reference": "INV-3", "invoices": 0, "not_cancelled": 0, "statuses": [], "create_calls": 1},
        ],
        "doubled": [],
        "totals": {"invoices": 3, "not_cancelled": 2, "create_calls": 4},
        "faults": [],
    }


def test_a_reference_with_two_living_invoices_is_named(merchant: Merchant) -> None:
    merchant.created(referenceNumber="INV-1")
    merchant.created(referenceNumber="INV-1")

    assert Client().get("/sandbox/control/").json()["doubled"] == ["INV-1"]


def test_two_accounts_may_use_the_same_reference(merchant: Merchant, stranger: Merchant) -> None:
    merchant.created(referenceNumber="INV-1")
    stranger.created(referenceNumber="INV-1")

    book = Client().get("/sandbox/control/").json()
    own = Client().get("/sandbox/control/", {"account": "842217", "reference": "INV-1"}).json()

    assert (book["doubled"], book["totals"]["invoices"]) == ([], 2)
    assert [row["merchant_code"] for row in own["book"]] == ["842217"]


def test_a_fault_is_switched_on(merchant: Merchant) -> None:
    answer = _order(fault="accepted-silent", count=30, account="842217", applies_to="all", seconds=5, accepts=False)

    switched = {
        "id": SandboxFault.objects.get().pk,
        "fault": "ACCEPTED_SILENT",
        "account": merchant.credentials.access_code,
        "applies_to": "ALL",
        "remaining": 30,
        "seconds": 5,
        "accepts": False,
    }
    assert (answer.status_code, answer.json()) == (200, {"faults": [switched]})
    assert Client().get("/sandbox/control/").json()["faults"] == [switched]


@pytest.mark.parametrize(
    ("fault", "applies_to", "accepts"),
    [
        ("DROPPED", "CREATE", True),
        ("REFUSED_500", "CREATE", False),
        ("NOTHING_FOUND", "ENQUIRE", True),
        ("WEBHOOK_LOST", "ALL", True),
    ],
)
def test_a_fault_alone_means_the_usual_calls_until_switched_off(
    db: None, fault: str, applies_to: str, accepts: bool
) -> None:
    switched = _order(fault=fault).json()["faults"][0]

    assert (switched["applies_to"], switched["accepts"], switched["remaining"]) == (applies_to, accepts, None)


def test_the_same_fault_again_replaces_the_first(db: None) -> None:
    _order(fault="DROPPED", count=3)

    _order(fault="DROPPED", count=1)

    assert [fault.remaining for fault in SandboxFault.objects.all()] == [1]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "fault"),
        ({"fault": "EARTHQUAKE"}, "fault"),
        ({"fault": "DROPPED", "count": 0}, "count"),
        ({"fault": "DROPPED", "count": "many"}, "count"),
        ({"fault": "DROPPED", "count": True}, "count"),
        ({"fault": "DROPPED", "seconds": 121}, "seconds"),
        ({"fault": "DROPPED", "seconds": -1}, "seconds"),
        ({"fault": "DROPPED", "account": "nobody"}, "account"),
        ({"fault": "DROPPED", "applies_to": "lunch"}, "applies_to"),
        ({"fault": "DROPPED", "accepts": "maybe"}, "accepts"),
    ],
)
def test_a_wrong_order_switches_nothing(db: None, fields: dict[str, Any], wrong: str) -> None:
    answer = _order(**fields)

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [wrong]
    assert not SandboxFault.objects.exists()


def test_clearing_removes_the_faults_and_nothing_else(merchant: Merchant) -> None:
    merchant.created()
    _order(fault="DROPPED")

    assert _order(clear=True).json() == {"faults": []}
    assert not SandboxFault.objects.exists()
    assert SandboxInvoice.objects.count() == 1


def test_clearing_all_empties_the_book(merchant: Merchant) -> None:
    merchant.created()
    _order(fault="DROPPED")

    _order(clear="all")

    assert Client().get("/sandbox/control/").json() == {
        "book": [],
        "doubled": [],
        "totals": {"invoices": 0, "not_cancelled": 0, "create_calls": 0},
        "faults": [],
    }


def test_a_form_of_another_site_orders_nothing(db: None) -> None:
    answer = Client().post("/sandbox/control/", '{"fault":"DROPPED"}', content_type="text/plain")

    assert answer.status_code == 415
    assert not SandboxFault.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "{"])
def test_a_body_that_is_no_object_orders_nothing(db: None, body: str) -> None:
    answer = Client().post("/sandbox/control/", body or " ", content_type="application/json")

    assert (answer.status_code, answer.json()) == (400, {"error": "Send a JSON object."})


def _order(**fields: Any) -> Any:
    return Client().post("/sandbox/control/", fields, content_type="application/json")
