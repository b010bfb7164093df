from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def no_such_path(request: HttpRequest) -> HttpResponse:
    """Like the gateway's own router: a message and no status."""
    return JsonResponse({"message": "Not found"}, status=404)
