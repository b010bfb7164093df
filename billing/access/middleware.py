"""Every request of the office: whether its session still counts, and the language its person reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from billing.access.sessions import follow_key, is_over, note_use

_OFFICE: Final = ("/admin/", "/i18n/")


class OfficeSessionMiddleware:
    """Elsewhere nobody is signed in, and looking at the session would cost every customer's page its caching."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_OFFICE):
            return self.get_response(request)
        if request.user.is_authenticated:
            self._watch(request)
        response = self.get_response(request)
        follow_key(request)
        return response

    def _watch(self, request: HttpRequest) -> None:
        now = timezone.now()
        if is_over(request, now=now):
            logout(request)
            return
        note_use(request, now=now)
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
