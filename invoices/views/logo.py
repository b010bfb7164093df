"""A merchant's logo, which browsers keep."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe

from billing.identifiers import is_username
from billing.models import Logo

# A year: another picture has another address.
_FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def logo(request: HttpRequest, username: str, digest: str) -> HttpResponse:
    """404 for every digest but the present logo's, without a word about which merchants there are."""
    found = None
    if is_username(username):
        found = Logo.objects.filter(merchant__username=username, digest=digest).first()
    if found is None:
        return HttpResponseNotFound(content_type="text/plain")
    response = HttpResponse(bytes(found.image), content_type=found.media_type)
    response["Cache-Control"] = _FOR_EVER
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
