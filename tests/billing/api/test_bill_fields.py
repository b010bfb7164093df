from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.api_client import BILL, ApiClient, created, refused

REQUIRED = ["customerName", "customerPhone", "serviceType", "dueAmount", "dueDate"]
ABSENT = object()


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [ABSENT, None, "", "   ", "\u200b", "\ufeff\u2060 \u00a0", "\n\t"])
def test_a_required_field_that_shows_nothing_is_missing(api: ApiClient, name: str, value: Any) -> None:
    body = {key: each for key, each in (BILL | {name: value}).items() if each is not ABSENT}

    error = refused(api.add_bill(body), 400, "VALIDATION_ERROR")

    assert error == {
        "code": "VALIDATION_ERROR",
        "message": "Missing required fields",
        "required": REQUIRED,
        "missing": [name],
    }


@pytest.mark.parametrize(
    "phone",
    [
        *("+962777839071", "00962777839071", "777839071", "07778390711", "077783907", "0677839071", "07 77839071"),
        *(
            "0777839071\n",
            " 0777839071",
            "0777839071 ",
            "07٧٧٨٣٩٠٧١",
            "０７７７８３９０７１",
            "07-7783907",
            "07xxxxxxxx",
        ),
        *(777839071, 0.5, True, [], ["0777839071"], {}),
    ],
)
def test_a_phone_that_is_not_exactly_07_and_eight_digits_is_refused(api: ApiClient, phone: Any) -> None:
    error = refused(api.add_bill(BILL | {"customerPhone": phone}), 400, "INVALID_PHONE")

    assert error == {"code": "INVALID_PHONE", "message": "Phone number must match pattern: 07xxxxxxxx"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customerName", 123),
        ("customerName", True),
        ("customerName", ["Razzbery"]),
        ("customerName", {"en": "Razzbery"}),
        ("customerName", "x" * 201),
        ("customerName", "a\tb"),
        ("customerName", "a\nb"),
        ("customerName", "a\x00b"),
        ("customerName", "a\x85b"),
        ("customerName", "a\x7fb"),
        ("customerName", "a\ud800b"),
        ("customerName", "a\u202eb"),
        ("customerName", "a\u2066b"),
        ("serviceType", "x" * 201),
        ("serviceType", 5),
        ("customerAddress", "x" * 501),
        ("customerAddress", "a\x1bb"),
        ("description", "x" * 2001),
        ("description", "\udc00"),
        ("notes", "x" * 2001),
        ("notes", "a\u202db"),
        ("notes", False),
        ("customerEmail", "not-an-email"),
        ("customerEmail", "a@b"),
        ("customerEmail", "a@b..com"),
        ("customerEmail", "a b@c.com"),
        ("customerEmail", "a@b.com\n"),
        ("customerEmail", "a@-b.com"),
        ("customerEmail", "٣@b.com"),
        ("customerEmail", "x" * 250 + "@b.com"),
        ("customerEmail", 5),
        ("customerNationalId", "987654321"),
        ("customerNationalId", "98765432101"),
        ("customerNationalId", "٩٨٧٦٥٤٣٢١٠"),
        ("customerNationalId", "9876543210\n"),
        ("customerNationalId", 9876543210),
        ("dueDate", "2025-2-3"),
        ("dueDate", "2025-02-30"),
        ("dueDate", "2023-02-29"),
        ("dueDate", "2100-02-29"),
        ("dueDate", "1999-12-31"),
        ("dueDate", "2101-01-01"),
        ("dueDate", "31/12/2025"),
        ("dueDate", "20251231"),
        ("dueDate", "2025-W01-1"),
        ("dueDate", "2025-12-31T00:00:00"),
        ("dueDate", "٢٠٢٥-١٢-٣١"),
        ("dueDate", "2025-12-31\n"),
        ("dueDate", 20251231),
        ("dueDate", 1e9),
    ],
)
def test_a_field_that_is_wrong_is_named_with_the_reason(api: ApiClient, name: str, value: Any) -> None:
    error = refused(api.add_bill(BILL | {name: value}), 400, "VALIDATION_ERROR")

    assert list(error["fields"]) == [name]
    assert error["fields"][name][0].startswith("must ")


def test_a_number_too_large_for_a_float_is_no_name(api: ApiClient) -> None:
    raw = json.dumps(BILL | {"customerName": 1}).replace('"customerName": 1', '"customerName": 1e400')

    refused(api.add_bill(raw.encode()), 400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customerName", "ش" * 200),
        ("customerName", "\u200f123\u200e"),
        ("customerAddress", "a\r\n\tb" + "x" * 495),
        ("description", "😀" * 2000),
        ("customerEmail", "o'neil+x=y_z@sub-domain.example.co"),
        ("customerEmail", "a@" + "b" * 60 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 63),
        ("customerNationalId", "0000000000"),
    ],
)
def test_a_field_at_its_limit_is_accepted(api: ApiClient, name: str, value: Any) -> None:
    created(api.add_bill(BILL | {name: value}))


def test_everything_wrong_is_listed_at_once(api: ApiClient) -> None:
    error = refused(
        api.add_bill(BILL | {"customerName": 1, "dueDate": "x", "customerEmail": "x", "notes": []}),
        400,
        "VALIDATION_ERROR",
    )

    assert set(error["fields"]) == {"customerName", "dueDate", "customerEmail", "notes"}


def test_the_steps_are_taken_in_the_contracts_order(api: ApiClient) -> None:
    everything_wrong = {"customerPhone": "1", "serviceType": 1, "dueAmount": "x", "dueDate": "x"}

    missing = refused(api.add_bill(everything_wrong), 400, "VALIDATION_ERROR")
    assert missing["missing"] == ["customerName"]
    phone = everything_wrong | {"customerName": 1}
    refused(api.add_bill(phone), 400, "INVALID_PHONE")
    amount = phone | {"customerPhone": "0777839071"}
    refused(api.add_bill(amount), 400, "INVALID_AMOUNT")
    rest = amount | {"dueAmount": 1}
    assert len(refused(api.add_bill(rest), 400, "VALIDATION_ERROR")["fields"]) == 3
