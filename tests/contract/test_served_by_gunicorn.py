"""What only a real server shows: bytes on a connection."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from billing.models import Bill
from tests.contract.api_client import printed
from tests.factories import make_api_key, make_merchant
from tests.infrastructure.live_databases import LiveDatabase
from tests.infrastructure.processes import WebServer

pytestmark = pytest.mark.processes

RAW = printed("add_bill_request")


class Wire:
    """One kept connection, and the headers of a good request."""

    def __init__(self, base_url: str, key: str) -> None:
        self.address = (urlsplit(base_url).hostname or "", urlsplit(base_url).port or 0)
        self.connection = http.client.HTTPConnection(*self.address, timeout=20)
        self.headers = {"X-API-Key": key, "Content-Type": "application/json"}

    def post(self, body: Any, path: str = "/razzbery/v1/add/bill", **kwargs: Any) -> tuple[int, Any]:
        self.connection.request("POST", path, body, self.headers, **kwargs)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())


@pytest.fixture
def wire(live_database: LiveDatabase, gunicorn: Callable[..., WebServer]) -> Iterator[Wire]:
    key = make_api_key(make_merchant())
    wire = Wire(gunicorn(threads=2).base_url, key)
    yield wire
    wire.connection.close()


def test_bodies_of_every_length_on_one_connection(wire: Wire) -> None:
    assert wire.post(RAW)[0] == 200
    assert wire.post(iter([RAW[:100], RAW[100:]]), encode_chunked=True)[0] == 200
    assert wire.post(RAW + b" " * 3_000_000)[0] == 413
    assert wire.post(iter([RAW, b" " * 1_000_000, b" " * 1_000_000]), encode_chunked=True)[0] == 413
    assert wire.post(b"")[1]["error"]["message"] == "Missing required fields"
    assert wire.post(RAW)[0] == 200
    assert Bill.objects.count() == 3


@pytest.mark.parametrize("username", ["%00", "%FF%FE", "RAZZBERY", "razz%0Abery"])
def test_a_name_nobody_can_have_is_an_unknown_one(wire: Wire, username: str) -> None:
    status, answer = wire.post(RAW, f"/{username}/v1/add/bill")

    assert (status, answer["error"]["code"]) == (401, "INVALID_API_KEY")


def test_two_keys_are_no_key(wire: Wire) -> None:
    wire.connection.putrequest("POST", "/razzbery/v1/add/bill")
    for key in (wire.headers["X-API-Key"], "other"):
        wire.connection.putheader("X-API-Key", key)
    wire.connection.putheader("Content-Length", "0")
    wire.connection.endheaders()

    assert json.loads(wire.connection.getresponse().read())["error"]["code"] == "INVALID_API_KEY"


def test_a_client_that_hangs_up_finds_its_bill_under_its_key(wire: Wire) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in wire.headers.items())
    head += f"Idempotency-Key: hung-up\r\nContent-Length: {len(RAW)}\r\nHost: 127.0.0.1\r\n"
    with socket.create_connection(wire.address) as hasty:
        hasty.sendall(f"POST /razzbery/v1/add/bill HTTP/1.1\r\n{head}\r\n".encode() + RAW)

    wire.headers["Idempotency-Key"] = "hung-up"
    assert wire.post(RAW)[0] == 200
    assert Bill.objects.count() == 1


def test_a_body_cut_short_creates_nothing(wire: Wire) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in wire.headers.items())
    head += "Host: 127.0.0.1\r\nContent-Length: 999\r\n"
    with socket.create_connection(wire.address) as cut:
        cut.sendall(f"POST /razzbery/v1/add/bill HTTP/1.1\r\n{head}\r\n".encode() + RAW)
        cut.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: cut.recv(65536), b""))

    assert b" 200 " not in answer.split(b"\r\n")[0]
    assert not Bill.objects.exists()
