"""What the gateway answers, apart from how a fault may spoil it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse

from invoices.sandbox.cipher import encipher
from invoices.sandbox.models import SandboxAccount

AUTHENTICATION_FAILED: Final = {"status": False, "code": 501, "message": "Authentication failed."}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An envelope, its HTTP status, and whether it leaves encrypted (as a bare hex body) or as plain JSON."""

    envelope: Mapping[str, Any]
    status: int = 200
    is_encrypted: bool = True

    def body_for(self, account: SandboxAccount) -> str:
        text = compact_json(self.envelope)
        return seal(text, account) if self.is_encrypted else text

    def response_for(self, account: SandboxAccount) -> HttpResponse:
        return HttpResponse(self.body_for(account), status=self.status, content_type=self.content_type)

    @property
    def content_type(self) -> str:
        # A string returned from a PHP framework: bare hex is announced as HTML.
        return "text/html; charset=UTF-8" if self.is_encrypted else "application/json"


class Refusal(Exception):
    """The call is refused and nothing was done; carries the answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.status)


def success(message: str, response: object) -> Answer:
    return Answer(envelope={"status": True, "message": message, "response": response})


def authentication_failed() -> Refusal:
    """:source: gateway.md, Errors: 401 and code 501, in plain JSON"""
    return Refusal(Answer(envelope=AUTHENTICATION_FAILED, status=401, is_encrypted=False))


def unreadable_request() -> Refusal:
    """Code 506: what came cannot be deciphered, so the answer is not encrypted either."""
    envelope = {"status": False, "code": 506, "message": "Invalid request data"}
    return Refusal(Answer(envelope=envelope, status=422, is_encrypted=False))


def invalid_fields(errors: Mapping[str, list[str]]) -> Refusal:
    """Code 422 with the field errors under `response`."""
    envelope = {"status": False, "code": 422, "message": "Invalid input", "response": dict(errors)}
    return Refusal(Answer(envelope=envelope, status=422))


def not_found(message: str, *, is_encrypted: bool = True) -> Refusal:
    """A 404 has a message and no status (gateway.md, Errors)."""
    return Refusal(Answer(envelope={"message": message}, status=404, is_encrypted=is_encrypted))


def compact_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def seal(text: str, account: SandboxAccount) -> str:
    return encipher(text, secret_key=account.secret_key, iv_key=account.iv_key)
