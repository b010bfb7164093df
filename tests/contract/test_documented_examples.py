"""Every request and answer printed in billing-api.txt, replayed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from unittest.mock import ANY

import pytest
import time_machine
from django.db import connection

from billing.models import Bill, Merchant
from subscriptions.models import Installment, Subscription
from tests.contract.api_client import ApiClient, answer_of, created, document, printed, refused

AS_PRINTED = datetime(2025, 12, 1, 10, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_the_printed_day(time_machine: time_machine.TimeMachineFixture) -> None:
    time_machine.move_to(AS_PRINTED, tick=False)


def same_but_for_the_id(answer: dict[str, Any], example: dict[str, Any]) -> None:
    assert list(answer) == list(example)
    assert list(answer["data"]) == list(example["data"])
    assert re.fullmatch("[0-9a-f]{24}", answer["data"]["_id"])
    example["data"]["_id"] = answer["data"]["_id"]
    assert answer == example


def test_the_bill_is_created_as_printed(api: ApiClient) -> None:
    response = api.add_bill(printed("add_bill_request"))

    created(response)
    same_but_for_the_id(answer_of(response), document("add_bill_answer"))
    bill = Bill.objects.get()
    assert (bill.customer.address, bill.customer.national_id) == ("123 Main St, Amman, Jordan", "9876543210")
    assert bill.customer.phone == "+962777839071"
    assert bill.description == "Monthly water consumption bill"
    assert bill.notes == "Customer prefers email notifications"


def test_the_fixed_monthly_subscription_is_created_as_printed(api: ApiClient) -> None:
    response = api.add_subscription(printed("fixed_monthly_request"))

    created(response)
    same_but_for_the_id(answer_of(response), document("add_subscription_answer"))
    assert Subscription.objects.get().description == "iPhone 15 Pro Max 256GB Black"
    assert Installment.objects.count() == 12


def test_the_custom_schedule_is_created_as_printed(api: ApiClient) -> None:
    data = created(api.add_subscription(printed("custom_schedule_request")))

    assert data == {
        "_id": ANY,
        "subscriptionNo": "SUB-20251201-0001",
        "subscriptionType": "CUSTOM_SCHEDULE",
        "customerName": "Ahmad Ali",
        "customerPhone": "0791234567",
        "productName": "Laptop Dell XPS 15",
        "totalAmount": 900,
        "monthlyPayment": None,
        "recurringAmount": None,
        "numberOfInstallments": 3,
        "status": "ACTIVE",
        "createdAt": "2025-12-01T10:30:00.000Z",
    }
    rows = Installment.objects.order_by("sequence").values_list("due_date", "amount", "description")
    assert [(str(due), amount, text) for due, amount, text in rows] == [
        ("2025-12-10", 300, "First payment"),
        ("2026-03-10", 300, "Second payment"),
        ("2026-06-10", 300, "Final payment"),
    ]


def test_the_open_ended_subscription_is_created_as_printed(api: ApiClient) -> None:
    data = created(api.add_subscription(printed("open_ended_request")))

    assert list(data) == list(document("add_subscription_answer")["data"])
    assert (data["subscriptionType"], data["recurringAmount"]) == ("OPEN_ENDED", 25)
    assert (data["totalAmount"], data["monthlyPayment"], data["numberOfInstallments"]) == (None, None, None)
    assert str(Installment.objects.order_by("sequence")[0].due_date) == "2025-12-01"


def test_the_list_of_installments_printed_alone_is_accepted(api: ApiClient) -> None:
    body = document("custom_schedule_request") | {
        "totalAmount": 300,
        "customInstallments": document("custom_installments"),
    }

    assert created(api.add_subscription(body))["numberOfInstallments"] == 1


@pytest.mark.parametrize(
    ("name", "status", "sent"),
    [
        ("no_api_key", 401, {"x_api_key": ""}),
        ("invalid_api_key", 401, {"x_api_key": "your-api-key-here"}),
        ("invalid_phone", 400, {"body": document("add_bill_request") | {"customerPhone": "+962777839071"}}),
        ("invalid_amount", 400, {"body": document("add_bill_request") | {"dueAmount": 0}}),
    ],
)
def test_the_errors_of_a_bill_are_as_printed(api: ApiClient, name: str, status: int, sent: Any) -> None:
    response = api.add_bill(**sent)

    refused(response, status, document(name)["error"]["code"])
    assert answer_of(response) == document(name)
    assert list(answer_of(response)["error"]) == list(document(name)["error"])


def test_missing_fields_are_answered_as_printed_and_named_besides(api: ApiClient) -> None:
    response = api.add_bill({})

    refused(response, 400, "VALIDATION_ERROR")
    answer = answer_of(response)
    assert answer["error"].pop("missing") == document("missing_fields")["error"]["required"]
    assert answer == document("missing_fields")


def test_an_invalid_type_is_answered_as_printed(api: ApiClient) -> None:
    response = api.add_subscription(document("fixed_monthly_request") | {"subscriptionType": "WEEKLY"})

    refused(response, 400, "INVALID_TYPE")
    assert answer_of(response) == document("invalid_type")


def test_a_server_error_is_shaped_as_printed(api: ApiClient, merchant: Merchant) -> None:
    with connection.execute_wrapper(_database_is_down):
        response = api.add_bill()

    refused(response, 500, "SERVER_ERROR")
    answer, example = answer_of(response), document("server_error")
    request_id = response.headers["X-Request-ID"]
    assert list(answer["error"]) == list(example["error"])
    assert answer["error"].pop("details") == f"Database unavailable (request {request_id})"
    example["error"].pop("details")
    assert answer == example


def test_every_error_has_the_printed_shape(api: ApiClient) -> None:
    error = refused(api.add_bill(b"["), 400, "VALIDATION_ERROR")

    assert list(error) == list(document("error_shape")["error"])


def _database_is_down(*args: Any) -> Any:
    from django.db import OperationalError

    raise OperationalError('connection to server at "10.0.0.7" failed: SELECT secret FROM nowhere')


def test_numbers_are_printed_without_needless_zeros(api: ApiClient) -> None:
    raw = api.add_bill(document("add_bill_request") | {"dueAmount": 1200.0}).content

    assert b'"dueAmount":1200,' in raw
    assert json.loads(raw)["data"]["dueAmount"] == 1200
