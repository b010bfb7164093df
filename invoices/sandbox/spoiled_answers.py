"""How each fault spoils an answer: one small function a fault, and the table that names them."""

from __future__ import annotations

import gzip
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse

from invoices.sandbox.accounts import new_account_credentials
from invoices.sandbox.answers import Answer, authentication_failed, compact_json, invalid_fields, success
from invoices.sandbox.cipher import encipher
from invoices.sandbox.connections import hang_up, hold
from invoices.sandbox.echoes import echo_wrongly, find_nothing
from invoices.sandbox.faults import TakenFault
from invoices.sandbox.models import FaultKind, SandboxAccount

DEFAULT_SECONDS: Final = 30
DEFAULT_RETRY_AFTER: Final = 2
OVERSIZE: Final = 50 * 1024 * 1024
CHUNK: Final = b"0123456789abcdef" * 4096
OTHER_HOST: Final = "https://elsewhere.example/"
HTML_PAGE: Final = "<!DOCTYPE html><html><head><title>500</title></head><body><h1>Server Error</h1></body></html>"


@dataclass(frozen=True, kw_only=True)
class Spoiling:
    """A call, the answer it would have had, and the fault it suffers."""

    request: HttpRequest
    account: SandboxAccount
    answer: Answer
    fault: TakenFault

    @property
    def seconds(self) -> int:
        return DEFAULT_SECONDS if self.fault.seconds is None else self.fault.seconds

    @property
    def body(self) -> bytes:
        return self.answer.body_for(self.account).encode()


def spoil(spoiling: Spoiling) -> HttpResponseBase:
    """The response the client gets instead. May take the fault's seconds, outside of any transaction."""
    return SPOILERS[spoiling.fault.kind](spoiling)


def _stay_silent(spoiling: Spoiling) -> HttpResponseBase:
    hold(spoiling.request, seconds=spoiling.seconds)
    return _drop(spoiling)


def _drop(spoiling: Spoiling) -> HttpResponseBase:
    is_closed = hang_up(spoiling.request)
    # Nobody reads the first; the second is the nearest thing where no connection can be closed.
    return HttpResponse(status=200 if is_closed else 502)


def _answer_late(spoiling: Spoiling) -> HttpResponseBase:
    hold(spoiling.request, seconds=spoiling.seconds)
    return spoiling.answer.response_for(spoiling.account)


def _fail(spoiling: Spoiling) -> HttpResponseBase:
    return JsonResponse({"status": False, "code": 0, "message": "Internal Server Error"}, status=500)


def _show_html(spoiling: Spoiling) -> HttpResponseBase:
    return HttpResponse(HTML_PAGE, status=500)


def _truncate(spoiling: Spoiling) -> HttpResponseBase:
    body = spoiling.body
    response = StreamingHttpResponse(_half_then_hang_up(spoiling.request, body))
    response["Content-Length"] = str(len(body))
    return response


def _half_then_hang_up(request: HttpRequest, body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    hang_up(request)


def _babble(spoiling: Spoiling) -> HttpResponseBase:
    return HttpResponse(secrets.token_urlsafe(200) + "\ufffd", content_type=spoiling.answer.content_type)


def _use_another_key(spoiling: Spoiling) -> HttpResponseBase:
    other = new_account_credentials()
    text = compact_json(spoiling.answer.envelope)
    return HttpResponse(encipher(text, secret_key=other.secret_key, iv_key=other.iv_key))


def _echo_wrongly(spoiling: Spoiling) -> HttpResponseBase:
    envelope = echo_wrongly(spoiling.answer.envelope)
    return replace(spoiling.answer, envelope=envelope).response_for(spoiling.account)


def _find_nothing(spoiling: Spoiling) -> HttpResponseBase:
    return find_nothing(spoiling.answer).response_for(spoiling.account)


def _drip(spoiling: Spoiling) -> HttpResponseBase:
    body = spoiling.body
    response = StreamingHttpResponse(_drop_by_drop(spoiling.request, body[: spoiling.seconds]))
    response["Content-Length"] = str(len(body))
    return response


def _drop_by_drop(request: HttpRequest, body: bytes) -> Iterator[bytes]:
    for position in range(len(body)):
        yield body[position : position + 1]
        time.sleep(1)
    hang_up(request)


def _flood(spoiling: Spoiling) -> HttpResponseBase:
    chunks = (CHUNK for _ in range(OVERSIZE // len(CHUNK)))
    return StreamingHttpResponse(chunks, content_type=spoiling.answer.content_type)


def _flood_packed(spoiling: Spoiling) -> HttpResponseBase:
    response = HttpResponse(_packed_flood(), content_type=spoiling.answer.content_type)
    response["Content-Encoding"] = "gzip"
    return response


@cache
def _packed_flood() -> bytes:
    return gzip.compress(bytes(OVERSIZE))


def _deny(spoiling: Spoiling) -> HttpResponseBase:
    return JsonResponse({"message": "Unauthorized or Permission Denied"}, status=404)


def _say_false(spoiling: Spoiling) -> HttpResponseBase:
    envelope = success("Invalid request data", None).envelope
    return Answer(envelope={**envelope, "status": False, "code": 506}).response_for(spoiling.account)


def _refuse_fields(spoiling: Spoiling) -> HttpResponseBase:
    refusal = invalid_fields({"mobileNumber": ["is not a number the gateway can reach"]})
    return refusal.answer.response_for(spoiling.account)


def _redirect(spoiling: Spoiling) -> HttpResponseBase:
    return HttpResponse(status=302, headers={"Location": OTHER_HOST})


def _ask_to_wait(spoiling: Spoiling) -> HttpResponseBase:
    seconds = DEFAULT_RETRY_AFTER if spoiling.fault.seconds is None else spoiling.fault.seconds
    message = {"message": "Too Many Attempts."}
    return JsonResponse(message, status=429, headers={"Retry-After": str(seconds)})


def _refuse_login(spoiling: Spoiling) -> HttpResponseBase:
    return authentication_failed().answer.response_for(spoiling.account)


SPOILERS: Final[Mapping[FaultKind, Callable[[Spoiling], HttpResponseBase]]] = {
    FaultKind.ACCEPTED_SILENT: _stay_silent,
    FaultKind.ACCEPTED_500: _fail,
    FaultKind.DROPPED: _drop,
    FaultKind.TRUNCATED: _truncate,
    FaultKind.HTML_500: _show_html,
    FaultKind.GARBAGE: _babble,
    FaultKind.WRONG_KEY: _use_another_key,
    FaultKind.WRONG_ECHO: _echo_wrongly,
    FaultKind.SLOW: _answer_late,
    FaultKind.SLOW_DRIP: _drip,
    FaultKind.OVERSIZED: _flood,
    FaultKind.GZIP_BOMB: _flood_packed,
    FaultKind.REFUSED_500: _fail,
    FaultKind.NOT_FOUND: _deny,
    FaultKind.STATUS_FALSE: _say_false,
    FaultKind.FIELD_ERRORS: _refuse_fields,
    FaultKind.REDIRECT: _redirect,
    FaultKind.TOO_MANY: _ask_to_wait,
    FaultKind.UNAUTHORIZED: _refuse_login,
    FaultKind.NOTHING_FOUND: _find_nothing,
}
