"""
What the office shows where it cannot show what was asked for, in its reader's language.

Nothing here asks the database: it may be what has failed. Customers' pages answer for themselves, and so does the API.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.csrf import csrf_failure as plain_csrf_failure


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_office(request):
        return defaults.permission_denied(request, exception)
    sentences = [
        _("Your role does not allow this. The owner of your office can give you another one."),
        _("Are you somebody else? Then sign out first, in the menu with your name."),
    ]
    return _page(request, 403, title=_("You may not do this"), sentences=sentences)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_office(request):
        return defaults.page_not_found(request, exception)
    sentences = [
        _("What you look for was taken away, or its address is mistyped."),
        _("What belongs to a merchant you do not work for is not shown either."),
    ]
    return _page(request, 404, title=_("There is nothing here"), sentences=sentences)


class OfficeNotFoundMiddleware:
    """
    Shows our page also with DEBUG, where Django would list every address there is to a clerk who mistyped one.

    Only what is not there: a failure keeps Django's own page with its traceback.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        is_ours = isinstance(exception, Http404) and _is_office(request)
        return page_not_found(request, exception) if is_ours else None


def server_error(request: HttpRequest) -> HttpResponseBase:
    if not _is_office(request):
        return defaults.server_error(request)
    number = request.META.get("REQUEST_ID", "")
    sentences = [
        _("This is our fault, not yours. What you were just doing may not be saved: look before you do it again."),
        _("If it happens again, tell whoever looks after the office this number: %(number)s") % {"number": number},
    ]
    return _page(request, 500, title=_("Something has failed"), sentences=sentences)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    if not _is_office(request):
        return plain_csrf_failure(request, reason)
    sentences = [
        _("Nothing was saved. The page lay open for too long, or you signed in again in another tab."),
        _("Go back, load the page again, and do it once more. Cookies must be allowed for this address."),
    ]
    return _page(request, 403, title=_("This form is too old"), sentences=sentences)


def _is_office(request: HttpRequest) -> bool:
    return request.path_info.startswith("/admin/")


def _page(request: HttpRequest, status: int, *, title: str, sentences: Sequence[str]) -> HttpResponse:
    context = {"title": title, "sentences": sentences, "back": _back(request), "wanted": request.path}
    return HttpResponse(render_to_string("admin/office/error.html", context), status=status)


def _back(request: HttpRequest) -> str:
    """The page the reader came from, if it is one of ours."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.META.get("HTTP_HOST", "")}):
        return ""
    parts = urlsplit(came_from)
    return parts.path + (f"?{parts.query}" if parts.query else "")
