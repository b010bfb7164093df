"""The answers in the OpenAPI document: both envelopes, every status and its headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from billing.api import errors
from billing.api.openapi import Schema, object_of

_NAMES: Final[Schema] = {"type": "array", "items": {"type": "string"}}
_DETAILS: Final[Mapping[str, Schema]] = {
    "required": _NAMES | {"description": "Every field this request requires."},
    "missing": _NAMES | {"description": "Those of them that are absent, null or blank."},
    "fields": {
        "type": "object",
        "additionalProperties": _NAMES,
        "description": "What is wrong with each invalid field.",
    },
    "validTypes": _NAMES,
    "details": {"type": "string", "description": "A reason, and the id under which our log has more."},
}


def _header(description: str, pattern: str, *, is_always_sent: bool = True) -> Schema:
    return {
        "description": description,
        "required": is_always_sent,
        "schema": {"type": "string", "pattern": pattern},
    }


REQUEST_ID: Final = {
    "X-Request-ID": _header("Names this request in our log; quote it when you ask about it.", "^[0-9a-f]{16}$")
}
RATE_LIMIT: Final = {
    "RateLimit-Policy": _header(
        "The quota `q` in each window of `w` seconds. Absent when nothing limits the merchant.",
        '^"[a-z]+";q=[0-9]+;w=[0-9]+$',
        is_always_sent=False,
    ),
    "RateLimit": _header(
        "What remains of the quota, `r`, and the seconds until it is whole again, `t`.",
        '^"[a-z]+";r=[0-9]+;t=[0-9]+$',
        is_always_sent=False,
    ),
}
REPLAYED: Final = {
    "Idempotent-Replayed": _header(
        "Sent when this is the answer to an earlier request with the same key.", "^true$", is_always_sent=False
    )
}
RETRY_AFTER: Final = {"Retry-After": _header("Seconds to wait.", "^[1-9][0-9]*$")}
CHALLENGE: Final = {"WWW-Authenticate": _header("Which header carries the key.", "^ApiKey ")}
ALLOW: Final = {"Allow": _header("The one method.", "^POST$")}
PAYMENT_LINK: Final = {
    "Link": _header("The page where the customer can pay.", '^<https?://[^>]+>; rel="payment"$'),
}


def success(message: str, data: Mapping[str, Schema], *headers: Mapping[str, Schema], example: Schema) -> Schema:
    schema = object_of(
        {"success": {"const": True}, "message": {"const": message}, "data": object_of(data)},
    )
    examples = [{"success": True, "message": message, "data": example}]
    return _answer("Created.", schema | {"examples": examples}, RATE_LIMIT, REPLAYED, *headers)


def refusals(
    *invalid: type[errors.Refusal], failure_message: str, examples: Sequence[Mapping[str, Any]]
) -> dict[str, Schema]:
    """
    Every status but 200.

    :param invalid: what a 400 can be, besides VALIDATION_ERROR
    :param examples: the `error` of some 400s
    """
    details = ["required", "missing", "fields"] + ["validTypes"] * (errors.InvalidType in invalid)
    bad_request = _failure(errors.ValidationError, *invalid, details=details, examples=examples)
    outage = {
        "code": errors.ServerError.code,
        "message": failure_message,
        "details": "Database unavailable (request 1a2b3c4d5e6f7a8b)",
    }
    e = errors
    return {
        "400": _answer("The body or the Idempotency-Key is invalid.", bad_request, RATE_LIMIT),
        "401": _answer("No key, or none that is good here.", _failure(e.NoApiKey, e.InvalidApiKey), CHALLENGE),
        "404": _answer("Nothing is served at this path.", _failure(e.NotFound)),
        "405": _answer("The method is not POST.", _failure(e.MethodNotAllowed), ALLOW),
        "409": _answer("A twin of this request is at work.", _failure(e.IdempotencyConflict), RETRY_AFTER),
        "413": _answer("The body is too large.", _failure(e.PayloadTooLarge), RATE_LIMIT),
        "415": _answer("The body is not JSON in UTF-8.", _failure(e.UnsupportedMediaType), RATE_LIMIT),
        "422": _answer("The key was used for another body.", _failure(e.IdempotencyKeyReused)),
        "429": _answer("The quota is used up.", _failure(e.RateLimitExceeded), RATE_LIMIT, RETRY_AFTER),
        "500": _answer(
            "We failed. It is safe to send the request again with the same Idempotency-Key.",
            _failure(e.ServerError, details=["details"], examples=[outage]),
            RATE_LIMIT,
        ),
    }


def _failure(
    *refusals: type[errors.Refusal],
    details: Sequence[str] = (),
    examples: Sequence[Mapping[str, Any]] = (),
) -> Schema:
    error: Schema = {"code": {"enum": [refusal.code for refusal in refusals]}, "message": {"type": "string"}}
    error_object = object_of(error | {name: _DETAILS[name] for name in details}, required=list(error))
    shown = examples or [{"code": refusal.code, "message": refusal.message} for refusal in refusals]
    return object_of({"success": {"const": False}, "error": error_object | {"additionalProperties": False}}) | {
        "examples": [{"success": False, "error": dict(example)} for example in shown]
    }


def _answer(description: str, schema: Schema, *headers: Mapping[str, Schema]) -> Schema:
    merged = dict(REQUEST_ID)
    for group in headers:
        merged |= group
    return {
        "description": description,
        "headers": merged,
        "content": {"application/json": {"schema": schema}},
    }
