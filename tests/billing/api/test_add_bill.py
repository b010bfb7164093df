from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from billing.models import Bill, Customer, Event, Merchant
from billing.payment_links import LinkKind, read_link
from tests.contract.api_client import BILL, ApiClient, created, document, refused

KEYS = list(document("add_bill_answer")["data"])


def test_only_the_required_fields_are_needed(api: ApiClient) -> None:
    required = ["customerName", "customerPhone", "serviceType", "dueAmount", "dueDate"]

    data = created(api.add_bill({name: BILL[name] for name in required}))

    assert list(data) == KEYS
    assert data["customerEmail"] is None


def test_the_bill_is_told_who_made_it(api: ApiClient) -> None:
    created(api.add_bill())

    event = Event.objects.get(subject=Event.Subject.BILL)
    assert (event.subject_id, event.name, event.actor) == (Bill.objects.get().pk, "created", f"api:{api.key[:12]}")


def test_the_link_leads_to_the_payment_page(api: ApiClient, merchant: Merchant, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://pay.example"

    link = api.add_bill().headers["Link"]

    assert link.startswith("<https://pay.example/razzbery/pay/")
    assert link.endswith('>; rel="payment"')
    token = link.partition("/pay/")[2].partition(">")[0]
    target = read_link(token, username="razzbery", key=settings.PAYMENT_LINK_KEY)
    assert (target.kind, target.subject_id, target.version) == (LinkKind.BILL, Bill.objects.get().pk, 1)


def test_numbers_follow_the_merchants_own_day(api: ApiClient) -> None:
    with time_machine.travel(datetime(2025, 12, 1, 20, 59, tzinfo=UTC), tick=False):
        before_midnight = created(api.add_bill())
    with time_machine.travel(datetime(2025, 12, 1, 21, 0, tzinfo=UTC), tick=False):
        after_midnight = created(api.add_bill())
        next_one = created(api.add_bill())

    assert before_midnight["billingNo"] == "BILL-20251201-0001"
    assert after_midnight["billingNo"] == "BILL-20251202-0001"
    assert after_midnight["createdAt"] == "2025-12-01T21:00:00.000Z"
    assert (next_one["billingNo"], next_one["billNo"]) == ("BILL-20251202-0002", "BN-20251202-0002")


def test_a_refused_bill_leaves_no_gap(api: ApiClient) -> None:
    first = created(api.add_bill())
    assert api.add_bill(BILL | {"dueAmount": 0}).status_code == 400
    second = created(api.add_bill())

    assert [data["billingNo"][-4:] for data in (first, second)] == ["0001", "0002"]


def test_text_is_kept_as_it_was_sent(api: ApiClient) -> None:
    name = "  شركة التوت \u200f(Razzbery) é e\u0301 😀 <b> "

    data = created(api.add_bill(BILL | {"customerName": name, "notes": " a\tb\r\nc "}))

    assert data["customerName"] == name
    assert Bill.objects.get().notes == " a\tb\r\nc "


@pytest.mark.parametrize("blank", [None, "", "  ", "\u200b\u200d", "\ufeff", "\u00a0\u3000\u2060"])
def test_optional_fields_that_are_blank_count_as_absent(api: ApiClient, blank: Any) -> None:
    optional = ["customerEmail", "customerNationalId", "customerAddress", "description", "notes"]

    data = created(api.add_bill(BILL | dict.fromkeys(optional, blank)))

    assert data["customerEmail"] is None
    bill = Bill.objects.select_related("customer").get()
    stored = (bill.customer_email, bill.description, bill.notes, bill.customer.national_id, bill.customer.address)
    assert stored == ("",) * 5


def test_a_later_bill_updates_what_it_states_of_the_customer(api: ApiClient) -> None:
    created(api.add_bill())
    created(api.add_bill(BILL | {"customerName": "New Name", "customerEmail": None, "customerAddress": "Irbid"}))

    customer = Customer.objects.get()
    assert (customer.name, customer.email, customer.address) == ("New Name", "info@razzbery.com", "Irbid")
    assert Bill.objects.order_by("pk")[0].customer_name == "Razzbery Solutions"


@pytest.mark.parametrize("past", ["2000-01-01", "2024-02-29", "2100-12-31"])
def test_any_real_day_of_the_century_is_accepted(api: ApiClient, past: str) -> None:
    data = created(api.add_bill(BILL | {"dueDate": past}))

    assert (data["dueDate"], data["status"]) == (f"{past}T00:00:00.000Z", "PENDING")


@pytest.mark.parametrize(
    ("literal", "shown"),
    [
        ("150.50", "150.5"),
        ("0.001", "0.001"),
        ("999999999.999", "999999999.999"),
        ("1.000000000000000000000", "1"),
        ("1e2", "100"),
        ("12.5e-1", "1.25"),
    ],
)
def test_an_amount_is_answered_exactly(api: ApiClient, literal: str, shown: str) -> None:
    response = api.add_bill(_with_amount(literal))

    created(response)
    assert f'"dueAmount":{shown},' in response.content.decode()
    assert Bill.objects.get().amount == Decimal(literal)


@pytest.mark.parametrize(
    "literal",
    [
        *("0", "-1", "-0.0", "0.000", "1e-400", "1.00000000000000000001", "1.0001", "1000000000", "999999999.9991"),
        *("1e1000000", "-1e1000000", "1e-1000000", "1e99999999999999999999", "9" * 100_000, "0." + "0" * 1000 + "1"),
        *('"150.50"', '"1_000"', '"١٢"', '"12.5\\u00a0"', '" 5 "', "true", "false", "[]", "[1]", "{}"),
    ],
)
def test_an_amount_that_cannot_be_owed_is_refused(api: ApiClient, literal: str) -> None:
    error = refused(api.add_bill(_with_amount(literal)), 400, "INVALID_AMOUNT")

    assert error["message"].startswith("Due amount must be ") or error["message"].startswith("Due amount must have ")


@pytest.mark.parametrize("literal", ["0", "-5", "-0.0", "-1e1000000"])
def test_an_amount_that_is_not_positive_has_the_documented_message(api: ApiClient, literal: str) -> None:
    error = refused(api.add_bill(_with_amount(literal)), 400, "INVALID_AMOUNT")

    assert error["message"] == "Due amount must be greater than 0"


@pytest.mark.parametrize("literal", ["1000000000", "1e1000000", "1e99999999999999999999"])
def test_an_amount_that_is_too_large_is_called_so(api: ApiClient, literal: str) -> None:
    error = refused(api.add_bill(_with_amount(literal)), 400, "INVALID_AMOUNT")

    assert error["message"] == "Due amount must be at most 999999999.999"


@pytest.mark.parametrize(("currency", "decimals"), [("JOD", 3), ("KWD", 3), ("SAR", 2), ("AED", 2), ("QAR", 2)])
def test_an_amount_has_at_most_its_currencys_decimals(db: None, currency: str, decimals: int) -> None:
    from tests.factories import make_merchant

    api = ApiClient(make_merchant("other", currency=currency))

    refused(api.add_bill(_with_amount("1." + "0" * decimals + "1")), 400, "INVALID_AMOUNT")
    created(api.add_bill(_with_amount("1." + "0" * (decimals - 1) + "1")))


def _with_amount(literal: str) -> bytes:
    return json.dumps(BILL).replace("150.5", literal).encode()
