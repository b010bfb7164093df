from __future__ import annotations

import pytest
from django.test import Client

from billing.models import Merchant
from tests.contract.api_client import ApiClient, created, refused


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
@pytest.mark.parametrize("document", ["bill", "subscription"])
def test_any_other_method_is_405_before_the_key_is_looked_at(api: ApiClient, method: str, document: str) -> None:
    response = api.send(f"/razzbery/v1/add/{document}", method=method, x_api_key="")

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    if method != "HEAD":
        refused(response, 405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    "path",
    [
        "/razzbery/v1/",
        "/razzbery/v1",
        "/razzbery/v1/add",
        "/razzbery/v1/add/bills",
        "/razzbery/v1/add/BILL",
        "/razzbery/V1/add/bill",
        "/razzbery/v1/add/bill//",
        "/razzbery/v1/add//bill",
        "/razzbery/v1/add/bill%0A",
        "/razzbery/v1/add/bill/more",
        "/razz%2Fbery/v1/add/bill",
        "//v1/add/bill",
        "/v1/add/bill",
        "/admin/v1/add",
        "/nothing/here",
        "/favicon.ico",
        "/static/nothing.css",
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_unknown_path_is_an_envelope(api: ApiClient, path: str, method: str) -> None:
    refused(api.send(path, method=method), 404, "NOT_FOUND")


@pytest.mark.parametrize("debug", [True, False])
def test_an_unknown_path_is_an_envelope_in_debug_too(api: ApiClient, settings: object, debug: bool) -> None:
    settings.DEBUG = debug  # type: ignore[attr-defined]

    refused(api.send("/razzbery/v1/x?format=html", Accept="text/html"), 404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/admin/nothing/", "/razzbery/pay/x", "/razzbery/c/x", "/razzbery/gateway/x"])
def test_a_page_that_is_not_found_is_a_page(client: Client, path: str, db: None) -> None:
    response = client.get(path, follow=True)

    assert response.headers["Content-Type"].startswith("text/html")


def test_a_trailing_slash_is_served_the_same(api: ApiClient) -> None:
    created(api.send("/razzbery/v1/add/bill/"))


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*;q=0", "*/*", "nonsense"])
def test_the_answer_is_json_whatever_is_asked_for(api: ApiClient, accept: str) -> None:
    created(api.send("/razzbery/v1/add/bill?format=xml", Accept=accept))
    assert api.send("/razzbery/v1/add/bill?format=api", method="GET", Accept=accept).status_code == 405


@pytest.mark.parametrize("username", ["%00", "RAZZBERY", "%FF%FE", "%ED%A0%80", "ab", "a" * 33, "-abc", "api", "%20"])
def test_a_name_no_merchant_can_have_is_an_unknown_one(
    api: ApiClient, username: str, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = api.send(f"/{username}/v1/add/bill")

    refused(response, 401, "INVALID_API_KEY")


def test_a_forged_host_is_refused_with_an_envelope(api: ApiClient) -> None:
    refused(api.add_bill(Host="evil.example"), 400, "VALIDATION_ERROR")


def test_plain_http_is_refused_where_https_is_demanded(api: ApiClient, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]

    refused(ApiClient(Merchant.objects.get(), api.key).add_bill(), 400, "VALIDATION_ERROR")


def test_every_answer_has_an_id_of_its_own(api: ApiClient) -> None:
    ids = {
        response.headers["X-Request-ID"]
        for response in (
            api.add_bill(X_Request_ID="mine"),
            api.add_bill(b"["),
            api.send("/razzbery/v1/none"),
            api.send("/razzbery/v1/add/bill", method="OPTIONS"),
            api.add_bill(x_api_key=""),
        )
    }

    assert len(ids) == 5
    assert "mine" not in ids
