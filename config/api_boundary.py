"""What an API client gets when it is not the API that answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from billing.api.envelope import refusal_answer, server_error
from billing.api.errors import NotFound, Refusal, ValidationError

# Any segment may stand for the username, also one that a page or the admin begins with.
_API: Final = re.compile(r"/[^/]+/v1(?:/|\Z)")
_PAGES: Final = re.compile(r"/(?:admin|sandbox|[^/]+/(?:pay|c|r|gateway))(?:/|\Z)")
_FAILURE_MESSAGES: Final = {
    "bill": "An error occurred while creating the bill",
    "subscription": "An error occurred while creating the subscription",
}


class ApiBoundaryMiddleware:
    """
    Turns pages into envelopes: everything under `/{username}/v1/`, and every 404 but those of pages.

    What fails outside the views, in a middleware or while the path is looked up, would otherwise be an HTML page, in
    DEBUG one with our settings on it (contract.md, step 1).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type") == "application/json":
            return response
        if _API.match(request.path_info):
            return _envelope(_refusal(request, response.status_code))
        if response.status_code == 404 and _PAGES.match(request.path_info) is None:
            return _envelope(NotFound())
        return response


@csrf_exempt
def no_such_operation(request: HttpRequest) -> HttpResponse:
    """Every other path under `/{username}/v1/`, before the admin or a page can take it for one of theirs."""
    return refusal_answer(NotFound())


def _envelope(refusal: Refusal) -> HttpResponse:
    response = refusal_answer(refusal)
    response.headers["Content-Length"] = str(len(response.content))  # CommonMiddleware has had its turn
    return response


def _refusal(request: HttpRequest, status: int) -> Refusal:
    if status == 404:
        return NotFound()
    if 400 <= status < 500:
        return ValidationError("The request's address or headers are not acceptable.")
    if 300 <= status < 400:
        return ValidationError("This API is served over https only.")
    last_segment = request.path_info.rstrip("/").rpartition("/")[2]
    return server_error(request, message=_FAILURE_MESSAGES.get(last_segment, "An error occurred"))
