"""Customers' pages as HTTP: rendered without cookies or sessions, never stored, never indexed, never framed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import get_template
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from invoices.pages.languages import NAMES, choose_language, other_language
from invoices.pages.limits import is_over_limit
from invoices.pages.wordings import OUT_OF_ORDER, TOO_MANY, UNKNOWN_LINK, Wording

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


class SeeOther(HttpResponseRedirect):
    """303: the next request is a GET, whatever this one was."""

    status_code = 303


def customer_page(view: View) -> View:
    """A page open to anyone: limited by address, and with a page of its own for the hour the database is away."""

    @csrf_exempt  # no cookie to compare with; the pay button's form has its own token (pages.forms)
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_over_limit(request, group="pages", rate=settings.PAGES_PER_ADDRESS):
            return message_page(request, TOO_MANY, status=429, retry_after=60)
        try:
            return view(request, *args, **kwargs)
        except Error:
            logger.exception("a customer's page could not be shown")
            return message_page(request, OUT_OF_ORDER, status=503, retry_after=30)

    return guarded


def render_page(
    template: str,
    context: Mapping[str, Any],
    *,
    language: str,
    status: int = 200,
    form_targets: Iterable[str] = (),
) -> HttpResponse:
    """
    :param form_targets: where the page's form may lead, through redirects too, besides ourselves
    """
    other = other_language(language)
    shell = {
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "other_language": other,
        "other_language_name": NAMES[other],
    }
    # Rendered without the request: a context processor could touch the session, and so set a cookie.
    with override(language):
        body = get_template(template).render({**shell, **context})
    response = HttpResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Content-Language"] = language
    allowing: HttpResponse = csp_update({"form-action": sorted(form_targets)})(lambda: response)()
    return allowing


def message_page(request: HttpRequest, wording: Wording, *, status: int, retry_after: int = 0) -> HttpResponse:
    """A page that says one thing and depends on nothing but the reader's language."""
    response = render_page("pages/message.html", {"wording": wording}, language=choose_language(request), status=status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def unknown_link_page(request: HttpRequest) -> HttpResponse:
    """The same bytes for every wrong link (Y01)."""
    return message_page(request, UNKNOWN_LINK, status=404)
