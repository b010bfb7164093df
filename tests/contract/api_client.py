"""A merchant's system, as the tests play it: requests through all of the middleware, bodies as bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client

from billing.models import Bill, Customer, Event, IdempotencyKey, Merchant, NumberSequence
from subscriptions.models import Installment, Subscription
from tests.factories import make_api_key

DOCUMENTS = Path(__file__).parent / "documents"


def document(name: str) -> Any:
    """A request or an answer printed in billing-api.txt."""
    return json.loads(printed(name))


def printed(name: str) -> bytes:
    """The same, byte for byte."""
    return (DOCUMENTS / f"{name}.json").read_bytes()


BILL: dict[str, Any] = document("add_bill_request")
FIXED_MONTHLY: dict[str, Any] = document("fixed_monthly_request")
CUSTOM_SCHEDULE: dict[str, Any] = document("custom_schedule_request")
OPEN_ENDED: dict[str, Any] = document("open_ended_request")


class ApiClient:
    """Sends `X-API-Key` unless told otherwise; a failure of the server is an answer, as it is to its clients."""

    def __init__(self, merchant: Merchant, key: str | None = None) -> None:
        self.username = merchant.username
        self.key = key or make_api_key(merchant)
        self._client = Client(raise_request_exception=False)

    def add_bill(self, body: Any = BILL, **headers: str) -> HttpResponse:
        return self.send(f"/{self.username}/v1/add/bill", body, **headers)

    def add_subscription(self, body: Any = FIXED_MONTHLY, **headers: str) -> HttpResponse:
        return self.send(f"/{self.username}/v1/add/subscription", body, **headers)

    def send(
        self,
        path: str,
        body: Any = BILL,
        *,
        method: str = "POST",
        content_type: str = "application/json",
        **headers: str,
    ) -> HttpResponse:
        """
        :param body: bytes as they are, anything else as JSON
        :param headers: with underscores; one named `x_api_key` replaces the key
        """
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"X-API-Key": self.key} | {name.replace("_", "-"): value for name, value in headers.items()}
        if "x-api-key" in sent:
            del sent["X-API-Key"]
        response: HttpResponse = self._client.generic(method, path, raw, headers=sent, CONTENT_TYPE=content_type)
        return response


def answer_of(response: HttpResponse) -> dict[str, Any]:
    """The envelope; that it is JSON is asserted on the way."""
    assert response.headers["Content-Type"] == "application/json"
    envelope: dict[str, Any] = json.loads(response.content)
    return envelope


def refused(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The refusal's `error`, after asserting what it is and that it left no document behind."""
    assert response.status_code == status, response.content
    envelope = answer_of(response)
    assert list(envelope) == ["success", "error"]
    assert envelope["success"] is False
    assert envelope["error"]["code"] == code
    assert_nothing_was_created()
    error: dict[str, Any] = envelope["error"]
    return error


def created(response: HttpResponse) -> dict[str, Any]:
    assert response.status_code == 200, response.content
    data: dict[str, Any] = answer_of(response)["data"]
    return data


def assert_nothing_was_created() -> None:
    for model in (Bill, Subscription, Installment, Customer, NumberSequence, IdempotencyKey):
        assert not model.objects.exists(), model
    assert not Event.objects.exclude(subject=Event.Subject.API_KEY).exists()
