"""Reading a merchant's call: who calls, and what the encrypted part says."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from invoices.sandbox.accounts import UnknownAccount, find_account
from invoices.sandbox.answers import authentication_failed, unreadable_request
from invoices.sandbox.cipher import Undecipherable, decipher
from invoices.sandbox.models import SandboxAccount
from invoices.sandbox.sessions import is_access_token_of


def authenticate(request: HttpRequest) -> SandboxAccount:
    """
    The account of the `accessCode` header.

    :raises Refusal: 401, code 501; also for an account with a login whose bearer token is missing or over
    """
    try:
        account = find_account(request.headers.get("accessCode", ""))
    except UnknownAccount:
        raise authentication_failed() from None
    if account.needs_login and not is_access_token_of(account, request.headers.get("Authorization", "")):
        raise authentication_failed()
    return account


def read_sealed(account: SandboxAccount, request: HttpRequest) -> dict[str, Any]:
    """
    The deciphered object of `?data=` (GET) or of the body's `data` (POST, PUT).

    :raises Refusal: 422, code 506 when unreadable; 401, code 501 when the merchant code is another's
    """
    sealed = request.GET.get("data") if request.method == "GET" else read_json_object(request).get("data")
    if not isinstance(sealed, str):
        raise unreadable_request()
    try:
        text = decipher(sealed, secret_key=account.secret_key, iv_key=account.iv_key)
    except Undecipherable:
        raise unreadable_request() from None
    fields = _parse_object(text)
    if fields.get("merchantCode", account.merchant_code) != account.merchant_code:
        raise authentication_failed()
    return fields


def read_json_object(request: HttpRequest) -> dict[str, Any]:
    """:raises Refusal: 422, code 506 unless the body is a JSON object"""
    return _parse_object(request.body)


def _parse_object(text: str | bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise unreadable_request() from None
    if not isinstance(value, dict):
        raise unreadable_request()
    return value
