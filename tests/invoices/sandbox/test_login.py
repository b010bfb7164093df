"""`POST api/v1/login` and `POST api/v1/token-refresh`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.invoices.sandbox.conftest import make_account
from tests.invoices.sandbox.merchant import ROOT, Merchant

AUTHENTICATION_FAILED = {"status": False, "code": 501, "message": "Authentication failed."}


@pytest.fixture
def secured(db: None) -> Merchant:
    """An account whose calls need a bearer token."""
    return Merchant(make_account(login_username="panel", login_password="secret"))


def test_a_login_gives_tokens_that_open_the_api(secured: Merchant) -> None:
    answer = _post(secured, "login", username="panel", password="secret")

    token = answer.json()["response"]["token"]
    assert answer.status_code == 200
    assert answer.json()["status"] is True
    assert (sorted(token), token["expires_in"]) == (["access_token", "expires_in", "refresh_token"], 900)
    secured.headers["Authorization"] = f"Bearer {token['access_token']}"
    assert secured.create().status_code == 200


def test_without_a_token_the_api_is_closed(secured: Merchant) -> None:
    answer = secured.create()

    assert (answer.status_code, answer.json()) == (401, AUTHENTICATION_FAILED)


def test_a_token_is_over_after_15_minutes_and_can_be_refreshed(secured: Merchant) -> None:
    token = _post(secured, "login", username="panel", password="secret").json()["response"]["token"]

    with time_machine.travel(timezone.now() + timedelta(seconds=901)):
        secured.headers["Authorization"] = f"Bearer {token['access_token']}"
        late = secured.create()
        fresh = _post(secured, "token-refresh", refreshToken=token["refresh_token"])
        secured.headers["Authorization"] = f"Bearer {fresh.json()['response']['token']['access_token']}"
        renewed = secured.create()

    assert (late.status_code, renewed.status_code) == (401, 200)


def test_a_refresh_token_opens_nothing(secured: Merchant) -> None:
    token = _post(secured, "login", username="panel", password="secret").json()["response"]["token"]

    secured.headers["Authorization"] = f"Bearer {token['refresh_token']}"

    assert secured.create().status_code == 401


@pytest.mark.parametrize(
    "fields",
    [{}, {"username": "panel", "password": "wrong"}, {"username": "", "password": ""}, {"username": [], "password": 1}],
)
def test_a_wrong_login_has_code_504(secured: Merchant, fields: dict[str, Any]) -> None:
    answer = _post(secured, "login", **fields)

    assert answer.status_code == 401
    assert answer.json() == {"status": False, "code": 504, "message": "Invalid username or password."}


@pytest.mark.parametrize("token", ["", "junk", None, 1])
def test_a_wrong_refresh_token_has_code_500(secured: Merchant, token: object) -> None:
    answer = _post(secured, "token-refresh", refreshToken=token)

    assert answer.status_code == 401
    assert answer.json() == {"status": False, "code": 500, "message": "Invalid token."}


def _post(merchant: Merchant, path: str, **fields: Any) -> Any:
    return merchant.client.post(ROOT + path, fields, content_type="application/json")
