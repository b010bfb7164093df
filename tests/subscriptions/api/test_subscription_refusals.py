from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.api_client import CUSTOM_SCHEDULE, FIXED_MONTHLY, OPEN_ENDED, ApiClient, refused

COMMON = ["subscriptionType", "customerName", "customerPhone", "productName"]
ENTRY = {"dueDate": "2025-12-10", "amount": 900}


@pytest.mark.parametrize(
    ("body", "required"),
    [
        (FIXED_MONTHLY, [*COMMON, "totalAmount", "monthlyPayment", "paymentDay"]),
        (CUSTOM_SCHEDULE, [*COMMON, "totalAmount", "customInstallments"]),
        (OPEN_ENDED, [*COMMON, "recurringAmount", "paymentDay"]),
    ],
)
def test_what_a_type_requires_is_listed_in_the_documents_order(
    api: ApiClient, body: dict[str, Any], required: list[str]
) -> None:
    error = refused(api.add_subscription({"subscriptionType": body["subscriptionType"]}), 400, "VALIDATION_ERROR")

    assert (error["message"], error["required"]) == ("Missing required fields", required)
    assert error["missing"] == required[1:]
    for name in required[1:]:
        error = refused(api.add_subscription(body | {name: " \u200b"}), 400, "VALIDATION_ERROR")
        assert (error["required"], error["missing"]) == (required, [name])


@pytest.mark.parametrize("absent", [None, "", "\u200b"])
def test_without_a_type_the_common_fields_are_required(api: ApiClient, absent: Any) -> None:
    error = refused(api.add_subscription(FIXED_MONTHLY | {"subscriptionType": absent}), 400, "VALIDATION_ERROR")

    assert (error["required"], error["missing"]) == (COMMON, ["subscriptionType"])


@pytest.mark.parametrize(
    "wrong", ["fixed_monthly", "FIXED_MONTHLY ", "WEEKLY", 1, True, [], {}, ["FIXED_MONTHLY"], {"a": []}]
)
def test_a_type_that_is_not_exactly_one_of_three_is_refused(api: ApiClient, wrong: Any) -> None:
    error = refused(api.add_subscription(FIXED_MONTHLY | {"subscriptionType": wrong}), 400, "INVALID_TYPE")

    assert error["message"] == "Invalid subscription type"
    assert error["validTypes"] == ["FIXED_MONTHLY", "CUSTOM_SCHEDULE", "OPEN_ENDED"]


def test_the_phone_comes_before_the_type_and_the_type_before_amounts(api: ApiClient) -> None:
    wrong = FIXED_MONTHLY | {"subscriptionType": "x", "customerPhone": "x", "totalAmount": "x", "paymentDay": "x"}

    refused(api.add_subscription(wrong), 400, "INVALID_PHONE")
    refused(api.add_subscription(wrong | {"customerPhone": "0777839071"}), 400, "INVALID_TYPE")
    right_type = wrong | {"customerPhone": "0777839071", "subscriptionType": "FIXED_MONTHLY"}
    refused(api.add_subscription(right_type), 400, "INVALID_AMOUNT")
    refused(api.add_subscription(right_type | {"totalAmount": 1200}), 400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (FIXED_MONTHLY, "totalAmount"),
        (FIXED_MONTHLY, "monthlyPayment"),
        (CUSTOM_SCHEDULE, "totalAmount"),
        (OPEN_ENDED, "recurringAmount"),
    ],
)
@pytest.mark.parametrize("literal", ["0", "-1", "1.0001", "1e1000000", "1e-400", '"100"', "true", "[]", "{}"])
def test_an_amount_that_cannot_be_owed_is_named(api: ApiClient, body: dict[str, Any], name: str, literal: str) -> None:
    raw = json.dumps(body | {name: "AMOUNT"}).replace('"AMOUNT"', literal).encode()

    error = refused(api.add_subscription(raw), 400, "INVALID_AMOUNT")

    assert error["message"].startswith(f"{name} must ")


def test_a_monthly_payment_above_the_total_is_refused(api: ApiClient) -> None:
    error = refused(api.add_subscription(FIXED_MONTHLY | {"monthlyPayment": 1201}), 400, "INVALID_AMOUNT")

    assert error["message"] == "monthlyPayment must not be more than totalAmount"


@pytest.mark.parametrize("amount", [0, -1, "300", True, 1.0001, [], {}])
def test_the_amount_of_an_installment_is_an_amount_too(api: ApiClient, amount: Any) -> None:
    entries = [ENTRY, ENTRY | {"amount": amount}]

    error = refused(api.add_subscription(CUSTOM_SCHEDULE | {"customInstallments": entries}), 400, "INVALID_AMOUNT")

    assert error["message"].startswith("customInstallments[1].amount must ")


@pytest.mark.parametrize(
    ("entries", "names"),
    [
        ([], ["customInstallments"]),
        ({}, ["customInstallments"]),
        ("x", ["customInstallments"]),
        (5, ["customInstallments"]),
        (False, ["customInstallments"]),
        ([ENTRY] * 601, ["customInstallments"]),
        ([None], ["customInstallments[0]"]),
        ([ENTRY, "x"], ["customInstallments[1]"]),
        ([[]], ["customInstallments[0]"]),
        ([{}], ["customInstallments[0].dueDate", "customInstallments[0].amount"]),
        ([{"amount": 900}], ["customInstallments[0].dueDate"]),
        ([{"dueDate": "2025-12-10"}], ["customInstallments[0].amount"]),
        ([ENTRY | {"amount": None}], ["customInstallments[0].amount"]),
        ([ENTRY | {"amount": " "}], ["customInstallments[0].amount"]),
        ([ENTRY | {"dueDate": "2025-02-30"}], ["customInstallments[0].dueDate"]),
        ([ENTRY | {"dueDate": 5}], ["customInstallments[0].dueDate"]),
        ([ENTRY | {"description": "x" * 2001}], ["customInstallments[0].description"]),
        ([ENTRY | {"description": 1}], ["customInstallments[0].description"]),
        ([ENTRY | {"amount": 899.999}], ["customInstallments"]),
        ([ENTRY, ENTRY], ["customInstallments"]),
    ],
)
def test_custom_installments_that_are_wrong_are_named(api: ApiClient, entries: Any, names: list[str]) -> None:
    error = refused(api.add_subscription(CUSTOM_SCHEDULE | {"customInstallments": entries}), 400, "VALIDATION_ERROR")

    assert list(error["fields"]) == names


@pytest.mark.parametrize("day", [0, 29, 31, -1, 5.5, 1e300, "5", "5.0", "٥", True, [], {}])
def test_a_payment_day_that_is_not_1_to_28_is_refused(api: ApiClient, day: Any) -> None:
    error = refused(api.add_subscription(FIXED_MONTHLY | {"paymentDay": day}), 400, "VALIDATION_ERROR")

    assert list(error["fields"]) == ["paymentDay"]


@pytest.mark.parametrize("literal", ["1e1000000", "1e-1000000", "9" * 100_000])
def test_a_hostile_payment_day_costs_nothing(api: ApiClient, literal: str) -> None:
    raw = json.dumps(FIXED_MONTHLY).replace('"paymentDay": 5', f'"paymentDay": {literal}').encode()

    refused(api.add_subscription(raw), 400, "VALIDATION_ERROR")


@pytest.mark.parametrize("value", ["yes", "true", "", 0, 1, "t", [], {}])
def test_whether_to_invoice_automatically_is_true_or_false_only(api: ApiClient, value: Any) -> None:
    error = refused(api.add_subscription(FIXED_MONTHLY | {"autoGenerateInvoices": value}), 400, "VALIDATION_ERROR")

    assert error["fields"] == {"autoGenerateInvoices": ["must be true or false"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customerName", "x" * 201),
        ("productName", "x" * 201),
        ("productName", 15),
        ("productName", "a\nb"),
        ("description", "x" * 2001),
        ("description", "\udfff"),
        ("customerEmail", "info@"),
    ],
)
def test_text_is_checked_as_for_a_bill(api: ApiClient, name: str, value: Any) -> None:
    error = refused(api.add_subscription(OPEN_ENDED | {name: value}), 400, "VALIDATION_ERROR")

    assert list(error["fields"]) == [name]


def test_more_than_600_installments_are_refused(api: ApiClient) -> None:
    error = refused(
        api.add_subscription(FIXED_MONTHLY | {"totalAmount": 600.001, "monthlyPayment": 1}),
        400,
        "VALIDATION_ERROR",
    )

    assert list(error["fields"]) == ["monthlyPayment"]
