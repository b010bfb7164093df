"""The two shapes of every answer, and which one an exception becomes."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping
from typing import Any, Final

from django.db import Error as DatabaseError
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from rest_framework.negotiation import BaseContentNegotiation

from billing.api.errors import Refusal, ServerError

logger = logging.getLogger(__name__)

# Out of reach, read-only, full, locked: nothing the caller did.
_DATABASE_UNAVAILABLE: Final = (OperationalError, InterfaceError, InternalError)


class AlwaysJson(BaseContentNegotiation):
    """Whatever `Accept` or `?format=` say, the view's first renderer answers."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return None

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


def success_text(message: str, data: Mapping[str, Any]) -> str:
    return to_json({"success": True, "message": message, "data": data})


def json_answer(text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    return HttpResponse(text, content_type="application/json", status=status, headers=dict(headers or {}))


def refusal_answer(refusal: Refusal) -> HttpResponse:
    error = {"code": refusal.code, "message": refusal.message} | refusal.details
    text = to_json({"success": False, "error": error})
    response = json_answer(text, status=refusal.status, headers=refusal.headers)
    # Django would log it once more, after the request's id is forgotten.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def server_error(request: HttpRequest, *, message: str, reason: str = "Unexpected failure") -> ServerError:
    """:param reason: safe to show; the request's id is added, under which the log has the rest"""
    return ServerError(message, details=f"{reason} (request {request.META.get('REQUEST_ID', '-')})")


def answer_exception(exception: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's exception handler: an envelope for everything, so that nothing else ever leaves a view."""
    if isinstance(exception, Refusal):
        return refusal_answer(exception)
    log_failure(exception)
    reason = "Database unavailable" if isinstance(exception, _DATABASE_UNAVAILABLE) else "Unexpected failure"
    message = context["view"].failure_message
    return refusal_answer(server_error(context["request"], message=message, reason=reason))


def log_failure(exception: Exception) -> None:
    """With its trace; a database's own text is left out, because it quotes the row, a customer's name and phone."""
    if not isinstance(exception, DatabaseError):
        logger.error("The API failed", exc_info=exception)
        return
    cause = exception.__cause__
    logger.error(
        "The API failed: %s, %s\n%s",
        type(exception).__qualname__,
        getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", "no code"),
        "".join(traceback.format_tb(exception.__traceback__)),
    )


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
