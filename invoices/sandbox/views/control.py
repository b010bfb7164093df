"""The control endpoint, for tests: switch faults, read the book."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from invoices.sandbox.answers import Refusal
from invoices.sandbox.book import read_book
from invoices.sandbox.clearing import forget_everything
from invoices.sandbox.fault_orders import InvalidFaultOrder, carry_out_fault_order
from invoices.sandbox.faults import list_faults, switch_all_off
from invoices.sandbox.wire import read_json_object


@never_cache
@csrf_exempt
@require_http_methods(["GET", "POST"])
def control(request: HttpRequest) -> JsonResponse:
    """
    GET: the book and the faults.

    POST, as JSON: a fault to switch on, or `{"clear": true}` (faults), or `{"clear": "all"}` (everything).
    """
    if request.method == "POST":
        return _order(request)
    book = read_book(account=request.GET.get("account", ""), reference=request.GET.get("reference", ""))
    return JsonResponse(book | {"faults": list_faults()})


def _order(request: HttpRequest) -> JsonResponse:
    # A form of another site can post, but not as JSON.
    if request.content_type != "application/json":
        return JsonResponse({"error": "Send application/json."}, status=415)
    try:
        _carry_out(read_json_object(request))
    except Refusal:
        return JsonResponse({"error": "Send a JSON object."}, status=400)
    except InvalidFaultOrder as error:
        return JsonResponse({"error": "Nothing was switched.", "fields": error.errors}, status=400)
    return JsonResponse({"faults": list_faults()})


def _carry_out(fields: Mapping[str, Any]) -> None:
    if fields.get("clear") == "all":
        forget_everything()
    elif fields.get("clear") is True:
        switch_all_off()
    else:
        carry_out_fault_order(fields)
