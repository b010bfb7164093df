"""The language a person reads: theirs on every device, where the browser's cookie is only this one's."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import set_language

from billing.models import User


def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Django's own view, which sets the cookie; for somebody signed in it is also kept with the person."""
    answer = set_language(request)
    language = request.POST.get("language", "")
    if request.method == "POST" and request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return answer
