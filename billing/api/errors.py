"""Why a request is refused: one class per code of the API (contract.md, steps 1 to 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from billing.errors import DomainError


class Refusal(DomainError):
    """An answer other than success; `details` become further members of the envelope's `error`."""

    status = 400

    def __init__(self, message: str | None = None, *, headers: Mapping[str, str] | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.headers = dict(headers or {})


class NotFound(Refusal):
    status = 404
    code = "NOT_FOUND"
    message = "There is nothing at this path."


class MethodNotAllowed(Refusal):
    status = 405
    code = "METHOD_NOT_ALLOWED"
    message = "Only POST is allowed here."

    def __init__(self) -> None:
        super().__init__(headers={"Allow": "POST"})


class Unauthenticated(Refusal):
    status = 401

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": 'ApiKey header="X-API-Key"'})


class NoApiKey(Unauthenticated):
    code = "NO_API_KEY"
    message = "API key is required. Please provide X-API-Key header."


class InvalidApiKey(Unauthenticated):
    code = "INVALID_API_KEY"
    message = "Invalid API key provided."


class RateLimitExceeded(Refusal):
    status = 429
    code = "RATE_LIMIT_EXCEEDED"
    message = "This hour's requests are used up. Try again after the seconds in Retry-After."

    def __init__(self, *, seconds_left: int) -> None:
        super().__init__(headers={"Retry-After": str(seconds_left)})


class UnsupportedMediaType(Refusal):
    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"
    message = "Send the body as application/json in UTF-8, without a Content-Encoding."


class PayloadTooLarge(Refusal):
    status = 413
    code = "PAYLOAD_TOO_LARGE"
    message = "The body is larger than 1 MiB."


class ValidationError(Refusal):
    code = "VALIDATION_ERROR"

    @classmethod
    def of_missing(cls, required: Sequence[str], missing: Sequence[str]) -> ValidationError:
        return cls("Missing required fields", required=list(required), missing=list(missing))

    @classmethod
    def of_fields(cls, fields: Mapping[str, list[str]]) -> ValidationError:
        return cls("Some fields are invalid: " + ", ".join(fields) + ".", fields=dict(fields))


class InvalidPhone(Refusal):
    code = "INVALID_PHONE"
    message = "Phone number must match pattern: 07xxxxxxxx"


class InvalidAmount(Refusal):
    code = "INVALID_AMOUNT"


class InvalidType(Refusal):
    code = "INVALID_TYPE"
    message = "Invalid subscription type"


class IdempotencyConflict(Refusal):
    status = 409
    code = "IDEMPOTENCY_CONFLICT"
    message = "The first request with this Idempotency-Key is still being worked on. Try again in a second."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class IdempotencyKeyReused(Refusal):
    status = 422
    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key was used for another body. Use a new key for a new request."


class ServerError(Refusal):
    status = 500
    code = "SERVER_ERROR"
