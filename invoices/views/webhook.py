"""The gateway's webhook: unsigned, so a hint to go and ask, from anyone."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from invoices.callback_intake import take_in
from invoices.models import GatewayCallback


@csrf_exempt
@require_POST
@never_cache
def webhook(request: HttpRequest, username: str) -> HttpResponse:
    """
    Keeps the body as it came and says so, also where it did not.

    Only a database that is away is answered otherwise, by a 500: then the gateway tries again.
    """
    take_in(request, username=username, kind=GatewayCallback.Kind.WEBHOOK, payload=_body(request))
    return JsonResponse({"received": True})


def _body(request: HttpRequest) -> bytes:
    """The body, cut off one byte after the most that is kept; empty if the sender hung up."""
    try:
        return request.read(settings.CALLBACK_MAX_BYTES + 1)
    except UnreadablePostError:
        return b""
