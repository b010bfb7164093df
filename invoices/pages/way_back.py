"""
From a payment page back to the list of all that is open, for whoever came from there.

The list's link opens more than a payment page's own, so a payment page never names it: it leads back only a browser
that shows its visit. On the way to the gateway and back a visit is kept in a cookie, set with the pay button and not
before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.services.links import customer_url
from invoices.pages.open_dues import count_others
from invoices.pages.payables import customer_of
from invoices.pages.queries import query_value
from invoices.pages.visits import NO_VISIT, PARAMETER, VALID_FOR, Visit, read_visit
from invoices.services.payables import Payable

_COOKIE: Final = PARAMETER


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """`visit` is what links on this page must carry so that the next one knows the way too."""

    path: str
    label: str
    visit: str


def find_way_back(request: HttpRequest, payable: Payable, *, language: str) -> WayBack | None:
    """In the active language, which `language` names; None for whoever did not come from the list."""
    visit = _visit(request, payable)
    if visit.kind is Visit.Kind.NONE:
        return None
    customer = customer_of(payable)
    address = customer_url(merchant_username=payable.merchant.username, customer=customer)
    query = {"lang": language} | ({PARAMETER: visit.text} if visit.kind is Visit.Kind.CHECKED else {})
    path = address.removeprefix(settings.PUBLIC_BASE_URL)
    return WayBack(path=f"{path}?{urlencode(query)}", label=_label(count_others(payable)), visit=visit.text)


def keep_way_back(request: HttpRequest, response: HttpResponse, payable: Payable) -> None:
    """For the page that the gateway sends the customer back to; sets nothing for who did not come from the list."""
    visit = _visit(request, payable)
    if visit.kind is Visit.Kind.NONE:
        return
    response.set_cookie(
        _COOKIE,
        visit.text,
        max_age=VALID_FOR,
        path=f"/{payable.merchant.username}/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _visit(request: HttpRequest, payable: Payable) -> Visit:
    """As the address says, or else the cookie; whoever shows nothing costs no query."""
    for text in (query_value(request, PARAMETER), request.COOKIES.get(_COOKIE, "")):
        if text and (visit := read_visit(text, customer_of(payable))).kind is not Visit.Kind.NONE:
            return visit
    return NO_VISIT


def _label(others: int) -> str:
    if others == 0:
        return _("Back to all your payments")
    return ngettext("%(count)s more open: next", "%(count)s more open: next", others) % {"count": others}
