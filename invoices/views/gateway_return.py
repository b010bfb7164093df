"""The customer's way back from the gateway."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from invoices.callback_intake import new_watch_id, take_in
from invoices.models import GatewayCallback
from invoices.pages.languages import stated_language
from invoices.pages.queries import query_values
from invoices.pages.responses import SeeOther

logger = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def gateway_return(request: HttpRequest, username: str) -> HttpResponse:
    """
    Keeps `?data=` and sends the customer to wait, always: whatever came, and while the database is away too.

    Only GET keeps anything: the gateway redirects, and previews ask with HEAD.
    """
    try:
        watch_id = _keep(request, username) if request.method == "GET" else new_watch_id()
    except Error:
        logger.exception("a customer's way back could not be kept; polling finds the payment")
        watch_id = new_watch_id()
    language = stated_language(request)
    address = reverse("gateway-checking", kwargs={"username": username, "watch_id": watch_id})
    response = SeeOther(address + ("?" + urlencode({"lang": language}) if language else ""))
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _keep(request: HttpRequest, username: str) -> str:
    given = query_values(request, "data")
    # Given twice there is no telling which was meant.
    payload = given[0].encode("utf-8", "replace") if len(given) == 1 else b""
    return take_in(request, username=username, kind=GatewayCallback.Kind.RETURN, payload=payload)
