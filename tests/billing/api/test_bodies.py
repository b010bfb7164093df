from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest
from django.test import Client

from tests.contract.api_client import BILL, ApiClient, created, printed, refused

RAW = printed("add_bill_request")
MIB = 1024 * 1024


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json ; Charset=utf8; x=y",
    ],
)
def test_json_in_utf_8_is_read_however_it_is_spelt(api: ApiClient, content_type: str) -> None:
    created(api.add_bill(RAW, content_type=content_type))


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=foo",
        "application/json; charset=utf-16",
        "application/json; charset=",
        "application/json, text/plain",
        "application/jsonp",
        "application/problem+json",
    ],
)
def test_any_other_content_type_is_415(api: ApiClient, content_type: str) -> None:
    refused(api.add_bill(RAW, content_type=content_type), 415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_form_is_not_taken_for_json(api: ApiClient) -> None:
    form = b"customerName=Razzbery&dueAmount=1"

    refused(api.add_bill(form, content_type="application/x-www-form-urlencoded"), 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, identity", "utf-8"])
def test_an_encoded_body_is_415(api: ApiClient, encoding: str) -> None:
    refused(api.add_bill(gzip.compress(RAW), Content_Encoding=encoding), 415, "UNSUPPORTED_MEDIA_TYPE")


def test_the_identity_encoding_is_none(api: ApiClient) -> None:
    created(api.add_bill(RAW, Content_Encoding="Identity"))


def test_a_body_of_one_mebibyte_is_read(api: ApiClient) -> None:
    created(api.add_bill(RAW + b" " * (MIB - len(RAW))))


@pytest.mark.parametrize("size", [MIB + 1, 3_000_000])
def test_a_larger_body_is_413(api: ApiClient, size: int) -> None:
    refused(api.add_bill(RAW + b" " * (size - len(RAW))), 413, "PAYLOAD_TOO_LARGE")


def test_a_chunked_body_is_read_to_its_end(api: ApiClient) -> None:
    created(_send_chunked(api, RAW))


def test_a_chunked_body_is_read_no_further_than_the_limit(api: ApiClient) -> None:
    refused(_send_chunked(api, RAW + b" " * MIB), 413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"[1]", "object"),
        (b'{"dueAmount": NaN}', "NaN"),
        (b'{"dueAmount": 1, "dueAmount": 2}', "twice"),
        (b'{"x":' + b"[" * 1_000, "nested"),
        (b'{"x":' + b'{"x":' * 100_000, "nested"),
        (b"{", "JSON"),
    ],
)
def test_a_body_that_is_not_one_strict_object_says_why(api: ApiClient, raw: bytes, hint: str) -> None:
    assert hint in refused(api.add_bill(raw), 400, "VALIDATION_ERROR")["message"]


def test_the_content_type_comes_before_the_body(api: ApiClient) -> None:
    refused(api.add_bill(b"[", content_type="text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE")


def test_an_empty_body_lacks_every_field(api: ApiClient) -> None:
    error = refused(api.add_bill(b""), 400, "VALIDATION_ERROR")

    assert error["missing"] == ["customerName", "customerPhone", "serviceType", "dueAmount", "dueDate"]


def test_a_byte_order_mark_is_fine(api: ApiClient) -> None:
    created(api.add_bill(b"\xef\xbb\xbf" + RAW))


def test_unknown_fields_are_ignored_whatever_they_hold(api: ApiClient) -> None:
    raw = json.dumps(BILL)[:-1] + ', "_id": 1, "status": "PAID", "billNo": [], "x": {"y": "\\ud800", "z": 1e999999}}'

    assert created(api.add_bill(raw.encode()))["status"] == "PENDING"


def _send_chunked(api: ApiClient, raw: bytes) -> Any:
    """As gunicorn hands it over: decoded, without a Content-Length."""
    return Client(raise_request_exception=False).generic(
        "POST",
        "/razzbery/v1/add/bill",
        content_type="application/json",
        headers={"X-API-Key": api.key, "Transfer-Encoding": "chunked"},
        **{"wsgi.input": io.BytesIO(raw), "CONTENT_TYPE": "application/json"},
    )
