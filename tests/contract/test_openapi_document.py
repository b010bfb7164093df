from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from tests.contract.api_client import (
    BILL,
    CUSTOM_SCHEDULE,
    FIXED_MONTHLY,
    OPEN_ENDED,
    ApiClient,
    answer_of,
    document,
)


@pytest.fixture
def openapi(client: Client) -> Any:
    return client.get("/docs/openapi.json").json()


def validator(openapi: Any, schema: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": openapi["components"]})


def post_of(openapi: Any, name: str) -> Any:
    return openapi["paths"][f"/{{username}}/v1/add/{name}"]["post"]


def test_it_holds_the_two_operations_and_nothing_else(openapi: Any) -> None:
    assert openapi["openapi"] == "3.1.0"
    assert list(openapi["paths"]) == ["/{username}/v1/add/bill", "/{username}/v1/add/subscription"]
    assert [list(path) for path in openapi["paths"].values()] == [["post"], ["post"]]


@pytest.mark.parametrize("name", ["bill", "subscription"])
def test_it_names_every_status_header_and_the_key(openapi: Any, name: str) -> None:
    operation = post_of(openapi, name)

    assert list(operation["responses"]) == ["200", "400", "401", "404", "405", "409", "413", "415", "422", "429", "500"]
    headers = {header for answer in operation["responses"].values() for header in answer["headers"]}
    common = {"X-Request-ID", "RateLimit", "RateLimit-Policy", "Retry-After", "Idempotent-Replayed", "Allow"}
    assert headers == common | {"WWW-Authenticate"} | ({"Link"} if name == "bill" else set())
    assert [parameter["name"] for parameter in operation["parameters"]] == ["username", "Idempotency-Key"]
    assert openapi["components"]["securitySchemes"]["ApiKey"]["name"] == "X-API-Key"
    assert operation["security"] == [{"ApiKey": []}]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("bill", BILL),
        ("subscription", FIXED_MONTHLY),
        ("subscription", CUSTOM_SCHEDULE),
        ("subscription", OPEN_ENDED),
    ],
)
def test_the_printed_requests_and_their_answers_fit_it(
    openapi: Any, api: ApiClient, name: str, body: dict[str, Any]
) -> None:
    operation = post_of(openapi, name)
    request_schema = operation["requestBody"]["content"]["application/json"]["schema"]
    answer_schema = operation["responses"]["200"]["content"]["application/json"]["schema"]

    validator(openapi, request_schema).validate(body)
    answer = answer_of(api.add_bill(body) if name == "bill" else api.add_subscription(body))
    validator(openapi, answer_schema).validate(answer)
    assert list(answer_schema["properties"]["data"]["properties"]) == list(answer["data"])


@pytest.mark.parametrize("name", ["no_api_key", "missing_fields", "invalid_phone", "invalid_type", "server_error"])
def test_the_printed_errors_are_among_its_examples(openapi: Any, name: str) -> None:
    shown = [
        example
        for operation in ("bill", "subscription")
        for answer in post_of(openapi, operation)["responses"].values()
        for example in answer["content"]["application/json"]["schema"]["examples"]
    ]
    printed = document(name)
    if name == "server_error":  # its details are ours: safe, and with the request's id
        printed["error"]["details"] = "Database unavailable (request 1a2b3c4d5e6f7a8b)"

    assert printed in shown


@pytest.mark.parametrize("path", ["/docs", "/docs/"])
def test_the_page_runs_only_what_we_serve(client: Client, path: str) -> None:
    page = client.get(path, HTTP_ACCEPT="text/html")

    html = page.content.decode()
    policy = page.headers["Content-Security-Policy"]
    assert page.status_code == 200
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle" in html
    assert "//cdn" not in html
    assert "script-src 'self'" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "<script>" not in html


def test_its_script_points_at_the_document(client: Client) -> None:
    script = client.get("/docs/?script=")

    assert script.headers["Content-Type"] == "application/javascript"
    assert b"/docs/openapi.json" in script.content


def test_elsewhere_the_strict_policy_holds(client: Client, db: None) -> None:
    data = client.post("/razzbery/v1/add/bill").headers["Content-Security-Policy"]
    strict = client.get("/razzbery/pay/none").headers["Content-Security-Policy"]
    assert data == "default-src 'none'; frame-ancestors 'none'"
    assert "style-src 'self'" in strict
    assert "unsafe" not in strict
    assert "'unsafe-eval'" in client.get("/admin/login/").headers["Content-Security-Policy"]
