"""A request's body: what it says it is, then at most 1 MiB of it."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from billing.api import strict_json
from billing.api.errors import PayloadTooLarge, UnsupportedMediaType, ValidationError

MAX_BYTES: Final = 1024 * 1024
DISCARDED_AT_MOST: Final = 16 * MAX_BYTES
_STEP: Final = 64 * 1024


def read_body(request: HttpRequest) -> bytes:
    """
    The body's bytes, once its headers promise JSON in UTF-8 of a tolerable size (contract.md, step 4).

    :raises UnsupportedMediaType:
    :raises PayloadTooLarge: also for a chunked body, of which no more is read than shows it
    :raises ValidationError: the connection ended before the body did
    """
    if not _is_json_in_utf8(request.META.get("CONTENT_TYPE", "")):
        raise UnsupportedMediaType
    if _declared_length(request) > MAX_BYTES:
        raise PayloadTooLarge
    if request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType
    raw = _read(request, MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise PayloadTooLarge
    if len(raw) < _declared_length(request):
        raise ValidationError("The body ended before it was complete.")
    return raw


def parse_body(raw: bytes) -> dict[str, Any]:
    """:raises ValidationError: contract.md, step 5"""
    try:
        return strict_json.parse_object(raw)
    except strict_json.InvalidJson as error:
        raise ValidationError(error.reason) from None


def discard_rest(request: HttpRequest) -> None:
    """
    Read on after a refusal, within bounds: the server would close the connection on a client that is still sending,
    and that client would see a broken pipe instead of the answer.
    """
    left = DISCARDED_AT_MOST
    while left > 0 and (chunk := _read(request, _STEP)):
        left -= len(chunk)


def _is_json_in_utf8(content_type: str) -> bool:
    media_type, *parameters = content_type.lower().split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8"):
            return False
    return media_type.strip() == "application/json"


def _declared_length(request: HttpRequest) -> int:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    return int(declared) if declared.isdecimal() and len(declared) < 20 else 0


def _read(request: HttpRequest, size: int) -> bytes:
    # Django reads as much as Content-Length says, so nothing of a chunked body; the server ends that one itself.
    is_chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    stream = request.environ["wsgi.input"] if is_chunked and hasattr(request, "environ") else request
    try:
        raw: bytes = stream.read(size)
    except (UnreadablePostError, OSError):
        raise ValidationError("The body ended before it was complete.") from None
    return raw
