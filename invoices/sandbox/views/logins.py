"""Logging in to the merchant API: plain JSON, by user name and password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from invoices.sandbox.answers import Refusal
from invoices.sandbox.models import Operation, SandboxAccount, SandboxCall
from invoices.sandbox.sessions import BadLogin, log_in, refresh
from invoices.sandbox.wire import read_json_object


@csrf_exempt
@require_POST
def login(request: HttpRequest) -> HttpResponse:
    return _answer(
        request,
        lambda fields: log_in(username=fields.get("username"), password=fields.get("password")),
        refused={"status": False, "code": 504, "message": "Invalid username or password."},
    )


@csrf_exempt
@require_POST
def token_refresh(request: HttpRequest) -> HttpResponse:
    return _answer(
        request,
        lambda fields: refresh(fields.get("refreshToken")),
        refused={"status": False, "code": 500, "message": "Invalid token."},
    )


def _answer(
    request: HttpRequest, issue: Callable[[dict[str, Any]], dict[str, Any]], *, refused: dict[str, Any]
) -> HttpResponse:
    log = SandboxCall(operation=Operation.LOGIN, method="POST", path=request.path[:500], outcome="200")
    try:
        envelope = {
            "status": True,
            "message": "Success",
            "response": {"token": issue(read_json_object(request))},
        }
        response: HttpResponse = JsonResponse(envelope)
    except BadLogin:
        response = JsonResponse(refused, status=401)
    except Refusal as refusal:
        response = refusal.answer.response_for(SandboxAccount())
    log.outcome = str(response.status_code)
    log.save()
    return response
