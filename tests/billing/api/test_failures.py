"""What clients see when we fail: D1 to D5 and P5, P7 of the faults. The log has the rest under the same id."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import IntegrityError, InternalError, OperationalError, connection
from django.test import override_settings

from billing.models import Bill
from config.request_ids import RequestIdFilter
from tests.contract.api_client import BILL, ApiClient, answer_of, created, refused

SECRET = "SELECT secret FROM /etc/passwd"
MESSAGE = "An error occurred while creating the bill"


class SqlState(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def failing(error: Exception, *, on: str, times: int = 10**6, sqlstate: str = "") -> Callable[..., Any]:
    """A database that fails this statement so many times."""
    left = iter(range(times))

    def execute(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if on in sql and next(left, None) is not None:
            raise error from SqlState(sqlstate)
        return execute(sql, params, many, context)

    return execute


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.handler.addFilter(RequestIdFilter())
    caplog.set_level(logging.ERROR)
    return caplog


def raise_in_middleware(get_response: Any) -> Any:
    def middleware(request: Any) -> Any:
        raise RuntimeError(SECRET)

    return middleware


def assert_failed_safely(response: Any, log: pytest.LogCaptureFixture, reason: str, message: str = MESSAGE) -> None:
    error = refused(response, 500, "SERVER_ERROR")
    request_id = response.headers["X-Request-ID"]
    assert error == {
        "code": "SERVER_ERROR",
        "message": message,
        "details": f"{reason} (request {request_id})",
    }
    assert "Traceback" in log.text or "File " in log.text
    assert {record.request_id for record in log.records} == {request_id}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "place",
    [
        "billing.api.views.create_bill",
        "billing.api.views.parse_new_bill",
        "billing.api.operations.read_body",
        "billing.api.authentication.services.authenticate_api_key",
    ],
)
@pytest.mark.parametrize("debug", [True, False])
def test_an_exception_anywhere_is_an_envelope(
    api: ApiClient, monkeypatch: Any, log: Any, settings: Any, place: str, debug: bool
) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(SECRET)

    settings.DEBUG = debug
    monkeypatch.setattr(place, fail)

    response = api.add_bill()

    assert response.status_code == 500
    assert_failed_safely(response, log, "Unexpected failure")


@pytest.mark.parametrize(
    "place",
    [
        "billing.api.views.describe_bill",
        "billing.api.operations.json_answer",
        "billing.api.operations.DocumentedOperation.finalize_response",
    ],
)
@pytest.mark.parametrize("debug", [True, False])
def test_an_exception_once_the_bill_is_there_tells_nothing_either(
    api: ApiClient, monkeypatch: Any, settings: Any, place: str, debug: bool
) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(SECRET)

    settings.DEBUG = debug
    monkeypatch.setattr(place, fail)

    response = api.add_bill()

    error = answer_of(response)["error"]
    assert response.status_code == 500
    assert error["details"] == f"Unexpected failure (request {response.headers['X-Request-ID']})"


def test_an_answer_that_fails_under_a_key_takes_its_bill_back(api: ApiClient, monkeypatch: Any) -> None:
    def fail(*args: Any) -> Any:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("billing.api.views.describe_bill", fail)

    refused(api.add_bill(Idempotency_Key="a"), 500, "SERVER_ERROR")


@pytest.mark.parametrize("document", ["bill", "subscription"])
@pytest.mark.parametrize("debug", [True, False])
def test_an_exception_in_a_middleware_is_an_envelope(
    api: ApiClient, log: Any, settings: Any, document: str, debug: bool
) -> None:
    settings.DEBUG = debug
    broken = [*configured.MIDDLEWARE, f"{__name__}.raise_in_middleware"]
    with override_settings(MIDDLEWARE=broken):
        response = ApiClient(Bill.merchant.field.related_model.objects.get(), api.key).send(
            f"/razzbery/v1/add/{document}", Accept="text/html"
        )

    assert_failed_safely(response, log, "Unexpected failure", f"An error occurred while creating the {document}")


@pytest.mark.parametrize("statement", ["billing_apikey", "billing_customer", "billing_numbersequence", "billing_event"])
@pytest.mark.parametrize("error", [OperationalError, InternalError])
def test_a_database_that_fails_is_an_envelope(api: ApiClient, log: Any, statement: str, error: type[Exception]) -> None:
    with connection.execute_wrapper(failing(error(SECRET), on=statement)):
        response = api.add_bill()

    assert_failed_safely(response, log, "Database unavailable")


def test_a_databases_words_are_not_logged_because_they_quote_the_row(api: ApiClient, log: Any) -> None:
    error = IntegrityError("DETAIL: Failing row contains (Razzbery Solutions, 0777839071)")

    with connection.execute_wrapper(failing(error, on="billing_bill", sqlstate="23514")):
        response = api.add_bill()

    assert_failed_safely(response, log, "Unexpected failure")
    assert "IntegrityError, 23514" in log.text
    assert "0777839071" not in log.text


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "a"}])
def test_a_transaction_given_up_three_times_is_done_the_fourth(
    api: ApiClient, sqlstate: str, headers: dict[str, str]
) -> None:
    error = OperationalError(SECRET)

    with connection.execute_wrapper(failing(error, on="billing_numbersequence", times=3, sqlstate=sqlstate)):
        response = api.add_bill(BILL, **headers)

    assert created(response)["billNo"].endswith("-0001")
    assert response.headers["RateLimit"].startswith('"bills";r=99;')
    assert Bill.objects.count() == 1


def test_a_transaction_given_up_four_times_is_a_failure(api: ApiClient, log: Any) -> None:
    error = OperationalError(SECRET)

    with connection.execute_wrapper(failing(error, on="billing_numbersequence", times=4, sqlstate="40P01")):
        response = api.add_bill()

    assert_failed_safely(response, log, "Database unavailable")
    assert response.headers["RateLimit"].startswith('"bills";r=99;')


def test_a_wake_up_that_fails_does_not_fail_the_bill(api: ApiClient) -> None:
    from billing.signals import bill_created

    def fail(**kwargs: Any) -> None:
        raise RuntimeError(SECRET)

    bill_created.connect(fail)
    try:
        created(api.add_bill())
    finally:
        bill_created.disconnect(fail)
