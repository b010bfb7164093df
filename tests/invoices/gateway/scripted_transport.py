"""A transport that plays back answers and remembers what it was asked."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from invoices.gateway.transport import RawAnswer
from tests.invoices.gateway.accounts import CIPHER


class Sent:
    def __init__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> None:
        self.method, self.url, self.headers, self.body = method, url, headers, body

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.url).query)

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")

    @property
    def payload(self) -> Any:
        """The decrypted payload, of the body or of the query."""
        return CIPHER.decrypt_json(self.json["data"] if self.body else self.query["data"][0])


class ScriptedTransport:
    """Answers with each step in turn: a RawAnswer, or an exception to raise."""

    def __init__(self, *steps: RawAnswer | Exception) -> None:
        self.steps = list(steps)
        self.sent: list[Sent] = []

    def send(self, *, method, url, headers, body, deadline):
        self.sent.append(Sent(method, url, headers, body))
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


def sealed(content: object, *, status: int = 200, cipher=CIPHER) -> RawAnswer:
    """A bare hex body, as most answers are."""
    return RawAnswer(status, {}, cipher.encrypt_json(content).encode())


def plain(content: object, *, status: int = 200, **headers: str) -> RawAnswer:
    return RawAnswer(status, headers, json.dumps(content).encode())


def html(status: int) -> RawAnswer:
    return RawAnswer(status, {"Content-Type": "text/html"}, b"<html><h1>Oops</h1></html>")
